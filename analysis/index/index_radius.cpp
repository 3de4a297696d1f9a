// SPDX-License-Identifier: MIT
#include "analysis/index/index_radius.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t stretch = 64;

/// b(θ) = Σ w_k e^{i(k−c)θ} by a recurrence that is restarted often enough to stay within about 1e-14‖w‖₁.
std::complex<double> centred_symbol(std::span<const double> taps, double theta) {
  const double c = static_cast<double>(taps.size() - 1) / 2;
  const std::complex<double> step = std::polar(1.0, theta);
  std::complex<double> sum = 0, power;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    power = k % stretch == 0 ? std::polar(1.0, (static_cast<double>(k) - c) * theta)
                             : std::complex<double>(power.real() * step.real() - power.imag() * step.imag(),
                                                    power.real() * step.imag() + power.imag() * step.real());
    sum += taps[k] * power;
  }
  return sum;
}

constexpr std::size_t lanes = radius_lanes;
using Lanes = std::array<double, lanes>;

/// At eight angles: e^{iθ}, e^{i(k−c)θ} and the sum so far.
struct alignas(64) Batch {
  Lanes step_re{}, step_im{}, re{}, im{}, sum_re{}, sum_im{};
};

/// A stretch of the sums. The clones only widen the vectors.
TMM_CLONES("avx512f", "avx2", "default")
void add_stretch(const double* taps, std::size_t count, Batch& b) {
  const double *step_re = b.step_re.data(), *step_im = b.step_im.data();
  double *re = b.re.data(), *im = b.im.data(), *sum_re = b.sum_re.data(), *sum_im = b.sum_im.data();
  for (std::size_t k = 0; k < count; ++k) {
    const double tap = taps[k];
    TMM_INDEPENDENT
    for (std::size_t l = 0; l < lanes; ++l) {
      sum_re[l] += tap * re[l];
      sum_im[l] += tap * im[l];
      const double next = re[l] * step_re[l] - im[l] * step_im[l];
      im[l] = re[l] * step_im[l] + im[l] * step_re[l];
      re[l] = next;
    }
  }
}

/// centred_symbol at eight angles: the same operations.
std::array<std::complex<double>, lanes> centred_symbols(std::span<const double> taps, const Lanes& theta) {
  const double c = static_cast<double>(taps.size() - 1) / 2;
  Batch b;
  const auto turn = [&](std::size_t l, double times, Lanes& cosine, Lanes& sine) {
    const std::complex<double> power = std::polar(1.0, times * theta[l]);
    cosine[l] = power.real();
    sine[l] = power.imag();
  };
  for (std::size_t l = 0; l < lanes; ++l) turn(l, 1, b.step_re, b.step_im);
  for (std::size_t k = 0; k < taps.size(); k += stretch) {
    for (std::size_t l = 0; l < lanes; ++l) turn(l, static_cast<double>(k) - c, b.re, b.im);
    add_stretch(&taps[k], std::min(stretch, taps.size() - k), b);
  }
  std::array<std::complex<double>, lanes> sums;
  for (std::size_t l = 0; l < lanes; ++l) sums[l] = {b.sum_re[l], b.sum_im[l]};
  return sums;
}

struct Constraint {
  std::complex<double> value;   // b(θ)
  double real_gram, imag_gram;  // Σ cos²((k−c)θ), Σ sin²((k−c)θ)
};

/// value: b(θ).
Constraint constraint_at(std::span<const double> taps, double theta, std::complex<double> value) {
  const auto n = static_cast<double>(taps.size());
  const double sine = std::sin(theta);
  const bool real = std::fabs(sine) < 1e-300 || theta == std::numbers::pi;
  const double d = real ? n : std::sin(n * theta) / sine;
  Constraint constraint{value, (n + d) / 2, (n - d) / 2};
  if (!real && std::fabs(sine) * n < 0.1) {  // n ± D cancels there: sum the squares themselves
    constraint.real_gram = constraint.imag_gram = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const double phase = (static_cast<double>(k) - (n - 1) / 2) * theta;
      constraint.real_gram += std::cos(phase) * std::cos(phase);
      constraint.imag_gram += std::sin(phase) * std::sin(phase);
    }
  }
  if (!real) return constraint;
  double at = 0;  // one real equation
  for (std::size_t k = 0; k < taps.size(); ++k) at += theta != 0 && k % 2 == 1 ? -taps[k] : taps[k];
  return {{at, 0}, n, 0};
}

double radius_of(const Constraint& constraint) {
  const auto& [value, real_gram, imag_gram] = constraint;
  const double real = real_gram > 0 ? value.real() * value.real() / real_gram : 0;
  const double imag = imag_gram > 0 ? value.imag() * value.imag() / imag_gram : 0;
  return std::sqrt(real + imag);
}

}  // namespace

double index_radius_at(std::span<const double> taps, double theta) {
  return radius_of(constraint_at(taps, theta, centred_symbol(taps, theta)));
}

std::array<double, radius_lanes> index_radii_at(std::span<const double> taps,
                                                const std::array<double, radius_lanes>& theta) {
  const auto values = centred_symbols(taps, theta);
  Lanes radii{};
  for (std::size_t l = 0; l < lanes; ++l) radii[l] = radius_of(constraint_at(taps, theta[l], values[l]));
  return radii;
}

std::vector<double> change_to_zero_at(std::span<const double> taps, double theta) {
  const auto [value, real_gram, imag_gram] = constraint_at(taps, theta, centred_symbol(taps, theta));
  const double c = static_cast<double>(taps.size() - 1) / 2;
  std::vector<double> change(taps.size());
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const double phase = (static_cast<double>(k) - c) * theta;
    if (imag_gram == 0)
      change[k] = -(theta != 0 && k % 2 == 1 ? -1.0 : 1.0) * value.real() / real_gram;
    else
      change[k] = -value.real() / real_gram * std::cos(phase) - value.imag() / imag_gram * std::sin(phase);
  }
  return change;
}

IndexRadius index_radius(std::span<const double> weights, const Winding& winding) {
  if (winding.status != IndexStatus::certified) return {};
  // In units of 2^exponent no square over- or underflows; what scaling loses is far below `rounding`.
  std::vector<double> taps(weights.begin(), weights.end());
  double rounding = 0;  // of ρ, an ordinary sum in double precision
  for (double& w : taps) rounding += 1e-13 * std::fabs(w = std::ldexp(w, -winding.exponent));
  IndexRadius best{index_radius_at(taps, 0), winding.radius, 0, {}};
  const auto consider = [&](double theta, double candidate) {
    if (candidate < best.upper) best.upper = candidate, best.theta = theta;
  };
  consider(std::numbers::pi, index_radius_at(taps, std::numbers::pi));
  // Away from 0 and π, ρ ≈ |a|√(2/n): the smallest |a| leads to the minimum, then narrower and narrower
  // grids of lanes steps on either side.
  double centre = winding.closest_theta, width = std::numbers::pi / static_cast<double>(taps.size());
  double at_centre = index_radius_at(taps, centre);
  const auto is_inside = [](double theta) { return theta > 0 && theta < std::numbers::pi; };
  for (int level = 0; level < 12; ++level, width /= 4) {
    double nearest = centre, smallest = HUGE_VAL;
    const auto take = [&](double theta, double value) {
      if (is_inside(theta) && value < smallest) smallest = value, nearest = theta;
    };
    const auto grid = [&](int first) {
      Lanes theta{};
      for (std::size_t l = 0; l < lanes; ++l) theta[l] = centre + width * (first + static_cast<int>(l)) / 8;
      const Lanes radii = index_radii_at(taps, theta);
      for (std::size_t l = 0; l < lanes; ++l) take(theta[l], radii[l]);
    };
    grid(-8);
    take(centre, at_centre);
    grid(1);
    if (smallest < HUGE_VAL) at_centre = smallest;
    centre = nearest;
    consider(centre, at_centre);
  }
  best.enclosure = {winding.scaled_radius, std::fmax(best.upper - winding.scaled_radius, 0.0) + rounding,
                    winding.exponent};
  best.upper = scale_up(best.upper, winding.exponent);
  return best;
}

}  // namespace tmm::analysis
