// SPDX-License-Identifier: MIT
#include "analysis/index/index_radius.hpp"

#include <cmath>
#include <complex>
#include <numbers>

namespace tmm::analysis {
namespace {

/// b(θ) = Σ w_k e^{i(k−c)θ} by a recurrence that is restarted often enough to stay within about 1e-14‖w‖₁.
std::complex<double> centred_symbol(std::span<const double> taps, double theta) {
  constexpr std::size_t stretch = 64;
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

struct Constraint {
  std::complex<double> value;   // b(θ)
  double real_gram, imag_gram;  // Σ cos²((k−c)θ), Σ sin²((k−c)θ)
};

Constraint constraint_at(std::span<const double> taps, double theta) {
  const auto n = static_cast<double>(taps.size());
  const double sine = std::sin(theta);
  const bool real = std::fabs(sine) < 1e-300 || theta == std::numbers::pi;
  const double d = real ? n : std::sin(n * theta) / sine;
  Constraint constraint{centred_symbol(taps, theta), (n + d) / 2, (n - d) / 2};
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

}  // namespace

double index_radius_at(std::span<const double> taps, double theta) {
  const auto [value, real_gram, imag_gram] = constraint_at(taps, theta);
  const double real = real_gram > 0 ? value.real() * value.real() / real_gram : 0;
  const double imag = imag_gram > 0 ? value.imag() * value.imag() / imag_gram : 0;
  return std::sqrt(real + imag);
}

std::vector<double> change_to_zero_at(std::span<const double> taps, double theta) {
  const auto [value, real_gram, imag_gram] = constraint_at(taps, theta);
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
  const auto consider = [&](double theta) {
    const double candidate = index_radius_at(taps, theta);
    if (candidate < best.upper) best.upper = candidate, best.theta = theta;
  };
  consider(std::numbers::pi);
  // Away from 0 and π, ρ ≈ |a|√(2/n): the smallest |a| leads to the minimum, then narrower and narrower
  // grids.
  double centre = winding.closest_theta, width = std::numbers::pi / static_cast<double>(taps.size());
  for (int level = 0; level < 12; ++level, width /= 4) {
    double nearest = centre;
    double smallest = HUGE_VAL;
    for (int i = -8; i <= 8; ++i) {
      const double theta = centre + width * i / 8;
      if (theta <= 0 || theta >= std::numbers::pi) continue;
      const double value = index_radius_at(taps, theta);
      if (value < smallest) smallest = value, nearest = theta;
    }
    consider(nearest);
    centre = nearest;
  }
  best.enclosure = {winding.scaled_radius, std::fmax(best.upper - winding.scaled_radius, 0.0) + rounding,
                    winding.exponent};
  best.upper = scale_up(best.upper, winding.exponent);
  return best;
}

}  // namespace tmm::analysis
