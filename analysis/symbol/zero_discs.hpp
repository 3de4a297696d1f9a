// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/symbol/zeros.hpp"

namespace tmm::analysis {

/// One of as many discs as a real polynomial has zeros, such that every connected component of m discs holds
/// exactly m zeros.
struct ZeroDisc {
  std::complex<long double> z;
  long double radius = 0;
};

/// For each disc the number of its connected component, 0, 1, … Discs that touch count as connected.
std::vector<std::size_t> connected_components(std::span<const ZeroDisc> discs);

/// The zeros of a real polynomial from such discs, symmetric by construction. The mirror image of a component
/// holds as many zeros as the component. Where it meets that component alone, one zero of it is real; where
/// it meets one other alone, that one is replaced by the mirror image; components whose images meet several
/// are taken together. A zero of a component of several gets the disc about its approximation that covers
/// the component. Sorted by modulus, then imaginary part.
std::vector<Zero> zeros_from_discs(std::span<const ZeroDisc> discs);

}  // namespace tmm::analysis
