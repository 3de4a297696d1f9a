// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_curve.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "model/base/error.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr double near_zero_share =
    1.0 / 50;  // of max|a|: the radius within which detail no longer grows finer

/// a(e^{2πij/points}) for 0 ≤ j ≤ points/2; points ≥ n.
std::vector<Complex> sampled(std::span<const double> taps, std::size_t points) {
  if (taps.empty() || !std::ranges::all_of(taps, [](double w) { return std::isfinite(w); }))
    throw ArgumentError("a symbol needs finite taps, at least one");
  const auto fft = model::RealFft<double>::of_length(points);
  model::AlignedVector<double> padded(points);
  model::AlignedVector<Complex> values(fft->spectrum_size());
  std::ranges::copy(taps, padded.begin());
  fft->forward(padded.data(), values.data());
  std::vector<Complex> curve(values.begin(), values.end());
  for (Complex& value : curve) value = std::conj(value);  // the transform has e^{−iθ}
  return curve;
}

/// Points on the whole circle: 16 and more a turn of the fastest term.
std::size_t fine(std::span<const double> taps) {
  return 16 * std::bit_ceil(taps.size());
}

/// Distance of p from the segment a b.
double distance(Complex p, Complex a, Complex b) {
  const Complex along = b - a;
  const double length = std::norm(along);
  if (length == 0) return std::abs(p - a);
  const double t = std::clamp((std::conj(along) * (p - a)).real() / length, 0.0, 1.0);
  return std::abs(p - (a + t * along));
}

/// a(e^{iθ}) by Horner's rule.
Complex evaluate(std::span<const double> taps, double theta) {
  const Complex z = std::polar(1.0, theta);
  Complex sum = 0;
  for (std::size_t k = taps.size(); k-- > 0;) sum = sum * z + taps[k];
  return sum;
}

/// Indices kept (Douglas & Peucker 1973, without recursion).
std::vector<std::size_t> thin(const std::vector<Complex>& curve, double tolerance, double far) {
  std::vector<std::size_t> kept{0};
  std::vector<std::size_t> ends;
  // Starting from pieces of at most 16 steps bounds the work and keeps every turn.
  for (std::size_t end = curve.size() - 1; end > 0; end -= std::min<std::size_t>(end, 16))
    ends.push_back(end);
  while (!ends.empty()) {
    const std::size_t first = kept.back(), last = ends.back();
    std::size_t worst = first;
    double excess = 1;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double allowed = tolerance * (std::abs(curve[i]) + near_zero_share * far);
      const double ratio = distance(curve[i], curve[first], curve[last]) / allowed;
      if (ratio > excess) excess = ratio, worst = i;
    }
    if (worst != first)
      ends.push_back(worst);
    else
      kept.push_back(last), ends.pop_back();
  }
  return kept;
}

}  // namespace

SymbolCurve symbol_curve(std::span<const double> taps, std::size_t most, double tolerance) {
  const std::vector<Complex> curve = sampled(taps, fine(taps));
  double far = 0;
  for (const Complex value : curve) far = std::max(far, std::abs(value));
  SymbolCurve result{curve.size() - 1, {}};
  std::vector<std::size_t> kept = thin(curve, tolerance, far);
  for (int halvings = 0; kept.size() > std::max<std::size_t>(most, 2) && halvings < 12; ++halvings)
    kept = thin(curve, tolerance *= 2, far);
  for (const std::size_t i : kept) result.points.push_back({i, curve[i]});
  return result;
}

std::vector<std::vector<Complex>> passes_near_origin(std::span<const double> taps, double radius) {
  const std::size_t points = 4 * fine(taps);
  const std::vector<Complex> curve = sampled(taps, points);
  std::vector<std::vector<Complex>> passes;
  bool open = false;
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    // The curve bulges from its chord by about an eighth of the second difference.
    const Complex before = i > 0 ? curve[i - 1] : std::conj(curve[1]);
    const double bulge = std::abs(before - 2.0 * curve[i] + curve[i + 1]) / 4;
    if (distance(0, curve[i], curve[i + 1]) > radius + bulge) {
      open = false;
      continue;
    }
    if (!open) passes.emplace_back();
    open = true;
    const double wanted = std::sqrt(150 * bulge / radius);
    const int parts = static_cast<int>(std::clamp(std::ceil(wanted), 1.0, 64.0));
    const double step = 2 * std::numbers::pi / static_cast<double>(points);
    for (int part = 0; part < parts; ++part)
      passes.back().push_back(
          part == 0 ? curve[i]
                    : evaluate(taps, step * (static_cast<double>(i) + static_cast<double>(part) / parts)));
    passes.back().push_back(curve[i + 1]);
  }
  return passes;
}

std::vector<Complex> uniform_symbol(std::span<const double> taps) {
  return sampled(taps, 2 * taps.size());
}

std::vector<double> modulus_quantiles(std::span<const double> taps, std::size_t count) {
  if (count == 0) throw ArgumentError("at least one interval of quantiles is needed");
  std::vector<double> modulus;
  for (const Complex value : sampled(taps, fine(taps))) modulus.push_back(std::abs(value));
  std::ranges::sort(modulus);
  std::vector<double> quantiles;
  for (std::size_t i = 0; i <= count; ++i) quantiles.push_back(modulus[i * (modulus.size() - 1) / count]);
  return quantiles;
}

}  // namespace tmm::analysis
