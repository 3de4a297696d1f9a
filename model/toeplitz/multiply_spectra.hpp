// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>

namespace tmm::model {

/// z_k ← z_k·w_k for `count` complex numbers. (std::complex looks after infinities and does not vectorise.)
void multiply_spectra(std::complex<float>* z, const std::complex<float>* w, std::size_t count);
void multiply_spectra(std::complex<double>* z, const std::complex<double>* w, std::size_t count);

}  // namespace tmm::model
