// SPDX-License-Identifier: MIT
#include "analysis/measures/row_divided.hpp"

#include <cmath>
#include <stdexcept>

#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/measures/tap_error.hpp"
#include "analysis/spectrum/dense_spectrum.hpp"

namespace tmm::analysis {

RowDivided row_divided(const model::LayerOperator& layer) {
  constexpr double u = 0x1p-53;
  const std::size_t n = layer.taps.size();
  RowDivided divided{std::vector<double>(n * n), 0};
  double sum = 0, squares = 0, errors = 0;  // Σ_{k≤t} |w_k|, of w_k²; Σ of the squares of the rows' errors
  for (std::size_t t = 0; t < n; ++t) {
    const double c = layer.row_divisor[t];
    sum += std::fabs(layer.taps[t]), squares += layer.taps[t] * layer.taps[t];
    for (std::size_t s = 0; s <= t; ++s) divided.matrix[t * n + s] = layer.taps[t - s] / c;
    const double divisor_error = layer.tap_error_l1 + static_cast<double>(t + 1) * u * sum;
    const double least = std::fabs(c) - divisor_error;
    // (w + e)/(c + d) − w/c = (e − w d/c)/(c + d), and a rounding of the quotient.
    const double row =
        least > 0 ? (layer.tap_error_l1 + std::sqrt(squares) * divisor_error / std::fabs(c)) / least +
                        u * std::sqrt(squares) / std::fabs(c)
                  : HUGE_VAL;
    errors += row * row;
  }
  divided.error = std::sqrt(errors) * (1 + static_cast<double>(n) * 0x1p-50);
  return divided;
}

void append_row_divided_measures(OperatorReport& report) {
  const RowDivided divided = row_divided(report.layer);
  if (!std::isfinite(divided.error)) throw std::runtime_error("a divisor is not known apart from 0");
  Spectrum spectrum = dense_spectrum(divided.matrix, report.layer.taps.size());
  carry_tap_error(spectrum, divided.error);
  append_extent(report, spectrum, "row_divided_", "singular: w_0 = 0");
  append_identity_warning(report, spectrum.frobenius);
  append_identity_warning(report, spectrum.determinant);
  report.divided = std::move(spectrum);
}

}  // namespace tmm::analysis
