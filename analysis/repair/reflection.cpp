// SPDX-License-Identifier: MIT
#include "analysis/repair/reflection.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/base/error.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;
using model::AlignedVector;

/// Taps times 2^−exponent, the largest in [½, 1).
struct Scaled {
  std::vector<double> taps;
  int exponent = 0;
};

Scaled scaled(std::span<const double> taps) {
  if (taps.empty()) throw ArgumentError("no taps");
  double largest = 0;
  for (const double w : taps) {
    if (!std::isfinite(w)) throw ArgumentError("taps that are not finite have no symbol");
    largest = std::fmax(largest, std::fabs(w));
  }
  if (!(largest > 0)) throw ArgumentError("the zero operator has no zeros to reflect");
  Scaled result;
  std::frexp(largest, &result.exponent);
  for (const double w : taps) result.taps.push_back(std::ldexp(w, -result.exponent));
  return result;
}

/// a(ζ_k) at ζ_k = e^{−2πik/N}, 0 ≤ k ≤ N/2.
AlignedVector<Complex> values_on_grid(std::span<const double> taps, const model::RealFft<double>& fft) {
  AlignedVector<double> x(fft.length());
  std::copy(taps.begin(), taps.end(), x.begin());
  AlignedVector<Complex> values(fft.spectrum_size());
  fft.forward(x.data(), values.data());
  return values;
}

/// The grid: ζ_k, 0 ≤ k ≤ N/2.
std::vector<Complex> grid(std::size_t length) {
  std::vector<Complex> points(length / 2 + 1);
  for (std::size_t k = 0; k < points.size(); ++k)
    points[k] = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
  points.back() = -1;
  return points;
}

/// B(ζ) but for a constant of modulus 1 that makes it 1 where z is on the circle: of a real zero −sgn(z)·B,
/// of a pair the product of both. Outer zeros by their reciprocals, so that none is too large.
class BlaschkeFactor {
 public:
  explicit BlaschkeFactor(const ReflectableZero& zero) : pair_(zero.z.imag() > 0) {
    const double modulus = std::abs(zero.z);
    outer_ = modulus > 1;
    s_ = outer_ ? 1.0 / zero.z : zero.z;  // inside the disc
    unit_ = modulus > 0 ? zero.z / modulus : Complex(-1);
  }

  Complex operator()(Complex zeta) const {
    return pair_ ? one(s_, unit_, zeta) * one(std::conj(s_), std::conj(unit_), zeta) : one(s_, unit_, zeta);
  }

 private:
  /// Inner: −u (1 − s̄ζ)/(ζ − s). Outer, z = 1/s: ū (ζ − s̄)/(sζ − 1).
  [[nodiscard]] Complex one(Complex s, Complex u, Complex zeta) const {
    return outer_ ? std::conj(u) * (zeta - std::conj(s)) / (s * zeta - 1.0)
                  : -u * (1.0 - std::conj(s) * zeta) / (zeta - s);
  }

  bool pair_, outer_;
  Complex s_, unit_;
};

double largest_modulus(const AlignedVector<Complex>& values) {
  double largest = 0;
  for (const Complex& value : values) largest = std::fmax(largest, std::abs(value));
  return largest;
}

double norm2(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

}  // namespace

ReflectableZeros reflectable_zeros(const Zeros& zeros, long known_inside) {
  if (!zeros.converged)
    throw ArgumentError("the zeros of the symbol did not converge, so none of them can be reflected");
  const bool by_value = known_inside >= 0 && zeros.inside == static_cast<std::size_t>(known_inside);
  ReflectableZeros result;
  result.zeros.assign(zeros.at_origin, {0, true});
  result.inside = zeros.at_origin;
  for (const Zero& zero : zeros.zeros) {
    if (!std::isfinite(zero.z.real()) || !std::isfinite(zero.z.imag()) || zero.z == Complex(0))
      throw ArgumentError("the symbol has a zero beyond the range of double, which cannot be reflected");
    const double modulus = std::abs(zero.z);
    const bool clear = std::fabs(modulus - 1) > zero.radius;
    if (!clear && !(by_value && modulus != 1)) {
      ++result.on_circle;
      continue;
    }
    ++(modulus < 1 ? result.inside : result.outside);
    if (zero.z.imag() >= 0) result.zeros.push_back({zero.z, modulus < 1});
  }
  return result;
}

ModulusDifference compare_moduli(std::span<const double> a, std::span<const double> b) {
  const auto [before, exponent] = scaled(a);
  std::vector<double> after;
  for (const double w : b) {
    if (!std::isfinite(w)) throw ArgumentError("taps that are not finite have no symbol");
    after.push_back(std::ldexp(w, -exponent));
  }
  const auto fft = model::RealFft<double>::of_length(model::fast_fft_length(8 * before.size()));
  const auto old_values = values_on_grid(before, *fft), new_values = values_on_grid(after, *fft);
  const double largest = largest_modulus(old_values);
  ModulusDifference result;
  for (std::size_t k = 0; k < old_values.size(); ++k)
    result.error =
        std::fmax(result.error, std::fabs(std::abs(new_values[k]) - std::abs(old_values[k])) / largest);
  result.largest = std::ldexp(largest, exponent);
  return result;
}

Reflection reflect(std::span<const double> taps, std::span<const ReflectableZero> chosen) {
  const std::size_t n = taps.size();
  const auto [old_taps, exponent] = scaled(taps);
  const auto fft = model::RealFft<double>::of_length(model::fast_fft_length(2 * n));
  auto values = values_on_grid(old_taps, *fft);
  const double largest = largest_modulus(values);
  const std::vector<Complex> points = grid(fft->length());
  std::vector<Complex> product(points.size(), 1.0);
  for (const ReflectableZero& zero : chosen) {
    const BlaschkeFactor factor(zero);
    for (std::size_t k = 0; k < points.size(); ++k) product[k] *= factor(points[k]);
  }
  // |product| is 1 but for rounding, which can be large next to a zero: there it is taken out again.
  const double length = static_cast<double>(fft->length());
  for (std::size_t k = 0; k < points.size(); ++k)
    if (const double modulus = std::abs(product[k]); modulus > 0 && std::isfinite(modulus))
      values[k] *= product[k] / (modulus * length);
    else
      values[k] = 0;  // a zero of a on the grid point itself
  AlignedVector<double> back(fft->length());
  fft->inverse(values.data(), back.data());

  Reflection result;
  const auto middle = back.begin() + static_cast<std::ptrdiff_t>(n);
  for (auto tail = middle; tail != back.end(); ++tail) result.truncated += std::fabs(*tail);
  result.truncated /= largest;
  std::vector<double> new_taps(back.begin(), middle);
  double inner = 0;
  for (std::size_t k = 0; k < n; ++k) inner += new_taps[k] * old_taps[k];
  std::vector<double> difference(n);
  for (std::size_t k = 0; k < n; ++k) {
    if (inner < 0) new_taps[k] = -new_taps[k];
    difference[k] = new_taps[k] - old_taps[k];
  }
  result.modulus_error = compare_moduli(old_taps, new_taps).error;
  result.change = norm2(difference) / norm2(old_taps);
  for (double& w : new_taps) {
    w = std::ldexp(w, exponent);
    if (!std::isfinite(w)) throw ArgumentError("the reflected taps are beyond the range of double");
  }
  result.taps = std::move(new_taps);
  return result;
}

std::vector<double> reflection_costs(std::span<const double> taps, std::span<const ReflectableZero> zeros) {
  const auto [scaled_taps, exponent] = scaled(taps);
  const auto fft = model::RealFft<double>::of_length(model::fast_fft_length(2 * taps.size()));
  const auto values = values_on_grid(scaled_taps, *fft);
  const std::vector<Complex> points = grid(fft->length());
  std::vector<double> power(points.size());
  double total = 0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const bool single = k == 0 || k + 1 == points.size();  // the others stand for their conjugates too
    power[k] = (single ? 1 : 2) * std::norm(values[k]);
    total += power[k];
  }
  std::vector<double> costs;
  costs.reserve(zeros.size());
  for (const ReflectableZero& zero : zeros) {
    const BlaschkeFactor factor(zero);
    double cost = 0;
    for (std::size_t k = 0; k < points.size(); ++k)
      if (power[k] > 0) cost += power[k] * std::norm(factor(points[k]) - 1.0);
    costs.push_back(cost / total);
  }
  return costs;
}

}  // namespace tmm::analysis
