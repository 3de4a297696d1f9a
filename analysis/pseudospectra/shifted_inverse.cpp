// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/shifted_inverse.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "model/base/vector_math.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t lanes = 16;
using Lanes = std::array<double, lanes>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double unit = 0x1p-53;
constexpr double smallest_pivot = 0x1p-900, growth_limit = 0x1p+100, negligible = 0x1p-960;

/// sum[l] = Σ_{1≤j≤k} w_j b_{k−j}[l], real and imaginary parts apart.
TMM_VECTOR_CLONES void convolve(const double* taps, std::size_t k, const Lanes* re, const Lanes* im,
                                Lanes& sum_re, Lanes& sum_im) {
  Lanes real{}, imaginary{};
  for (std::size_t j = 1; j <= k; ++j) {
    const double w = taps[j];
    const Lanes &r = re[k - j], &i = im[k - j];
    for (std::size_t l = 0; l < lanes; ++l) real[l] += w * r[l];
    for (std::size_t l = 0; l < lanes; ++l) imaginary[l] += w * i[l];
  }
  sum_re = real;
  sum_im = imaginary;
}

/// Weights of sixteen resolvents side by side, entry k of lane l at [k][l].
class LaneSubstitution {
 public:
  LaneSubstitution(std::span<const double> taps, std::span<const std::complex<double>> shifts)
      : taps_(taps), count_(shifts.size()), re_(taps.size()), im_(taps.size()) {
    for (std::size_t l = 0; l < count_; ++l) {
      const std::complex<double> pivot = taps[0] - shifts[l];
      singular_[l] = std::abs(pivot) < smallest_pivot;
      first_[l] = singular_[l] ? 0 : 1.0 / pivot;
    }
  }

  void run() {
    for (std::size_t l = 0; l < count_; ++l) store(0, l, first_[l]);
    Lanes re, im;
    for (std::size_t k = 1; k < taps_.size(); ++k) {
      convolve(taps_.data(), k, re_.data(), im_.data(), re, im);
      for (std::size_t l = 0; l < count_; ++l) store(k, l, -(first_[l] * std::complex(re[l], im[l])));
    }
  }

  [[nodiscard]] ShiftedInverse take(std::size_t l) const {
    ShiftedInverse b;
    if (singular_[l]) return b;
    double largest = 0;
    for (std::size_t k = 0; k < taps_.size(); ++k) {
      b.re.push_back(re_[k][l]);
      b.im.push_back(im_[k][l]);
      largest = std::max({largest, std::fabs(re_[k][l]), std::fabs(im_[k][l])});
    }
    int scale = 0;
    std::frexp(largest, &scale);
    for (std::size_t k = 0; k < taps_.size(); ++k) {
      b.re[k] = std::ldexp(b.re[k], -scale);
      b.im[k] = std::ldexp(b.im[k], -scale);
    }
    b.exponent = exponent_[l] + scale;
    return b;
  }

 private:
  void store(std::size_t k, std::size_t l, std::complex<double> value) {
    re_[k][l] = value.real();
    im_[k][l] = value.imag();
    const double size = std::max(std::fabs(value.real()), std::fabs(value.imag()));
    if (size <= growth_limit) return;
    int scale = 0;
    std::frexp(size, &scale);
    for (std::size_t i = 0; i <= k; ++i) {
      re_[i][l] = shrink(re_[i][l], scale);
      im_[i][l] = shrink(im_[i][l], scale);
    }
    exponent_[l] += scale;
  }

  /// x·2^−scale; what no sum will notice becomes 0 before it is subnormal, which processors are slow with.
  static double shrink(double x, int scale) {
    const double small = std::ldexp(x, -scale);
    return std::fabs(small) < negligible ? 0 : small;
  }

  std::span<const double> taps_;
  std::size_t count_;
  std::vector<Lanes> re_, im_;
  std::array<std::complex<double>, lanes> first_{};
  std::array<std::int64_t, lanes> exponent_{};
  std::array<bool, lanes> singular_{};
};

double largest_modulus(const ShiftedInverse& b, std::size_t from, std::size_t to) {
  double largest = 0;
  for (std::size_t k = from; k < to; ++k) largest = std::max(largest, std::hypot(b.re[k], b.im[k]));
  return largest;
}

/// Growth of b in bits a step from one part of it to another.
double growth(const ShiftedInverse& b, std::size_t early, std::size_t late, std::size_t width) {
  const double before = largest_modulus(b, early, early + width),
               after = largest_modulus(b, late, late + width);
  if (before == 0 || after == 0) return 0;
  return std::max(0.0, (std::log2(after) - std::log2(before)) / static_cast<double>(late - early));
}

/// The bound of ‖T_n(computed b) − T_n(b)‖ in units of 2^exponent with ρ = 2^−`bits`.
double error_bound(std::span<const double> taps, std::complex<double> shift, const ShiftedInverse& b,
                   double bits) {
  const std::size_t n = taps.size();
  const double rho = std::exp2(-bits);
  double symbol1 = 0, inverse2 = 0, kept = 0, sum_of_powers = 0;
  double power = 1;  // ρ^k
  for (std::size_t k = 0; k < n; ++k, power *= rho) {
    symbol1 += power * (k == 0 ? std::abs(taps[0] - shift) : std::fabs(taps[k]));
    sum_of_powers += power;
  }
  double back = 1;  // ρ^{k−(n−1)}: b̃ relative to its end, so that nothing leaves the range of double
  for (std::size_t k = n; k-- > 0; back /= rho) {
    const double modulus = std::hypot(b.re[k], b.im[k]);
    if (modulus != 0) inverse2 += (modulus * back) * (modulus * back), ++kept;
  }
  const auto order = static_cast<double>(n);
  inverse2 = std::sqrt(inverse2 * order / kept);  // for those that became 0 beside far larger ones
  // ‖b̃‖₂ is inverse2·ρ^{n−1} in units of 2^exponent; the equation ã·b̃ = 1 wants it in absolute ones.
  const double size = inverse2 * std::exp2(static_cast<double>(b.exponent) - (order - 1) * bits);
  const double residual = (order + 8) * unit * symbol1 * size;
  const double residual1 = std::sqrt(order) * residual;
  const double bound = inverse2 * residual / (1 - residual1) * sum_of_powers;
  return residual1 < 0.5 && bound >= 0 ? bound : infinity;
}

/// Norms, and the best bound of the error with the growth near the end of b, over all of it, or none.
void measure(std::span<const double> taps, std::complex<double> shift, ShiftedInverse& b) {
  const std::size_t n = taps.size();
  for (std::size_t k = 0; k < n; ++k) {
    const double square = b.re[k] * b.re[k] + b.im[k] * b.im[k];
    b.norm1 += std::sqrt(square);
    b.norm2 += square;
  }
  b.norm2 = std::sqrt(b.norm2);
  b.error = error_bound(taps, shift, b, 0);
  if (n == 1) return;
  b.error = std::min(b.error, error_bound(taps, shift, b, growth(b, 0, n - 1, 1)));
  if (n >= 8) b.error = std::min(b.error, error_bound(taps, shift, b, growth(b, n / 4, 3 * n / 4, n / 4)));
}

}  // namespace

std::vector<ShiftedInverse> shifted_inverses(std::span<const double> taps,
                                             std::span<const std::complex<double>> shifts) {
  std::vector<ShiftedInverse> inverses;
  for (std::size_t first = 0; first < shifts.size(); first += lanes) {
    const auto some = shifts.subspan(first, std::min(lanes, shifts.size() - first));
    LaneSubstitution substitution(taps, some);
    substitution.run();
    for (std::size_t l = 0; l < some.size(); ++l) {
      inverses.push_back(substitution.take(l));
      if (!inverses.back().re.empty()) measure(taps, some[l], inverses.back());
    }
  }
  return inverses;
}

}  // namespace tmm::analysis
