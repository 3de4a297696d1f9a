// SPDX-License-Identifier: MIT
#include "analysis/index/winding_tap_error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "analysis/base/scaled_enclosure.hpp"

namespace tmm::analysis {
namespace {

constexpr double upwards = HUGE_VAL;

void carry_into_margin(Winding& w, double error) {
  w.scaled_margin = std::nextafter(w.scaled_margin - error, 0.0);
  w.scaled_margin_upper = std::nextafter(w.scaled_margin_upper + error, upwards);
  w.scaled_radius = w.scaled_radius > error ? std::nextafter(w.scaled_radius - error, 0.0) : 0;
  w.margin = scale_down(w.scaled_margin, w.exponent);
  w.margin_upper = scale_up(w.scaled_margin_upper, w.exponent);
  w.radius = scale_down(w.scaled_radius, w.exponent);
}

std::string reason_of_rounded(const Winding& w, double error) {
  if (w.status == IndexStatus::certified)
    return fmt::format(
        "N = {} is certified of the rounded taps only: their margin, at least {:.2g}, does not exceed their "
        "error {:.2g}",
        w.number, w.margin, error);
  if (w.status == IndexStatus::not_fredholm)
    return fmt::format("the rounded taps are not Fredholm ({}), but have an error of {:.2g}", w.reason,
                       error);
  return w.reason + ", of the rounded taps";
}

}  // namespace

void carry_tap_error(Winding& w, double error, std::size_t n) {
  if (error == 0) return;
  const double scaled = scale_up(error, -w.exponent);
  if (w.status == IndexStatus::certified && w.scaled_margin > scaled) return carry_into_margin(w, scaled);
  w.reason = reason_of_rounded(w, error);
  if (w.status == IndexStatus::not_fredholm) w.scaled_margin_upper = 0;
  w.scaled_margin_upper = std::nextafter(w.scaled_margin_upper + scaled, upwards);
  w.margin_upper = scale_up(w.scaled_margin_upper, w.exponent);
  w.status = IndexStatus::undecided;
  w.number = 0;
  w.margin = w.scaled_margin = w.radius = w.scaled_radius = 0;
  w.lowest = 0;
  w.highest = static_cast<std::int64_t>(n) - 1;
}

}  // namespace tmm::analysis
