// SPDX-License-Identifier: MIT
#include "model/toeplitz/multiply_spectra.hpp"

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

template <class T>
TMM_INLINE void multiply_entries(T* z, const T* w, std::size_t count) {
#pragma omp simd
  for (std::size_t k = 0; k < count; ++k) {
    const T re = z[2 * k] * w[2 * k] - z[2 * k + 1] * w[2 * k + 1];
    const T im = z[2 * k] * w[2 * k + 1] + z[2 * k + 1] * w[2 * k];
    z[2 * k] = re;
    z[2 * k + 1] = im;
  }
}

}  // namespace

TMM_VECTOR_CLONES void multiply_spectra(std::complex<float>* z, const std::complex<float>* w,
                                        std::size_t count) {
  multiply_entries(reinterpret_cast<float*>(z), reinterpret_cast<const float*>(w), count);
}

TMM_VECTOR_CLONES void multiply_spectra(std::complex<double>* z, const std::complex<double>* w,
                                        std::size_t count) {
  multiply_entries(reinterpret_cast<double*>(z), reinterpret_cast<const double*>(w), count);
}

}  // namespace tmm::model
