// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_zero.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tmm::analysis {
namespace {

using Complex = std::complex<long double>;
constexpr long double unit_roundoff = std::numeric_limits<long double>::epsilon() / 2;

// a(z), a'(z) and a bound of the rounding error of a(z).
struct Evaluation {
  Complex value, derivative;
  long double error;
};

// Horner's rule. Written out in reals: std::complex products test for infinities at every step.
Evaluation evaluate(std::span<const long double> taps, Complex z) {
  const long double x = z.real(), y = z.imag(), modulus = std::abs(z);
  long double p = 0, q = 0, dp = 0, dq = 0, sum = 0;
  for (std::size_t k = taps.size(); k-- > 0;) {
    const long double dx = dp * x - dq * y + p;
    dq = dp * y + dq * x + q;
    dp = dx;
    const long double px = p * x - q * y + taps[k];
    q = p * y + q * x;
    p = px;
    sum = sum * modulus + std::fabs(taps[k]);
  }
  // Each complex step adds a relative error of at most 3u to terms whose moduli add up to `sum` (Higham,
  // ASNA, §5.1); as they are independent, √n of them stand for n.
  return {{p, q}, {dp, dq}, 6 * std::sqrt(static_cast<long double>(taps.size())) * unit_roundoff * sum};
}

}  // namespace

std::optional<SymbolZero> polish_zero(std::span<const long double> taps, std::complex<double> start) {
  Complex z(start.real(), start.imag());
  constexpr int most_steps = 40;
  for (int step = 0; step < most_steps; ++step) {
    const Evaluation a = evaluate(taps, z);
    if (a.derivative == Complex(0)) return std::nullopt;
    const Complex correction = a.value / a.derivative;
    const long double error = a.error / std::abs(a.derivative);
    if (std::abs(correction) <= 2 * error || std::abs(correction) <= 2 * unit_roundoff * std::abs(z)) {
      // A double zero, or two zeros closer than their errors, would make the residue meaningless.
      if (!(error < 1e-12L * std::abs(z))) return std::nullopt;
      if (z.imag() != 0 && std::fabs(z.imag()) <= 4 * error)
        return polish_zero(taps, {static_cast<double>(z.real()), 0.0});
      SymbolZero zero{z, 1.0L / a.derivative, error / std::abs(z) + unit_roundoff};
      if (z.imag() < 0) zero.z = std::conj(zero.z), zero.residue = std::conj(zero.residue);
      return zero;
    }
    z -= correction;
    if (!std::isfinite(std::abs(z))) return std::nullopt;
  }
  return std::nullopt;
}

std::vector<SymbolZero> polish_zeros(std::span<const long double> taps,
                                     std::span<const std::complex<double>> starts) {
  std::vector<SymbolZero> zeros;
  for (const auto start : starts) {
    const auto zero = polish_zero(taps, start);
    if (!zero) continue;
    const bool known = std::ranges::any_of(zeros, [&](const SymbolZero& other) {
      return std::abs(other.z - zero->z) <=
             8 * (other.relative_error + zero->relative_error) * std::abs(zero->z);
    });
    if (!known) zeros.push_back(*zero);
  }
  std::ranges::sort(zeros, {}, [](const SymbolZero& zero) { return std::abs(zero.z); });
  return zeros;
}

}  // namespace tmm::analysis
