// SPDX-License-Identifier: MIT
#include "analysis/spectrum/dense_spectrum.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "analysis/base/lapack.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Outcome = IdentityCheck::Outcome;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

IdentityCheck compare(std::string identity, long double expected, long double found, long double tolerance) {
  const bool held = std::fabs(found - expected) <= tolerance;
  return {std::move(identity), static_cast<double>(expected), static_cast<double>(found),
          static_cast<double>(tolerance), held ? Outcome::held : Outcome::failed};
}

/// sigma: descending, of the matrix times 2^−shift, each within `error`.
void append_values(const std::vector<double>& sigma, double error, int shift, bool singular,
                   Spectrum& spectrum) {
  for (const double s : sigma) {
    const bool known = s > 2 * error;
    spectrum.values.push_back({ScaledReal::from_binary(known ? s : s + error, shift),
                               known ? Status::numerical : Status::below_precision,
                               known ? error / (s - error) : HUGE_VAL, SpectrumMethod::dense});
  }
  if (!singular) return;
  spectrum.values.back() = {{}, Status::certified, 0, SpectrumMethod::dense};
  spectrum.exact_zeros = 1;
}

IdentityCheck frobenius(const std::vector<double>& sigma, double error, const Eigen::MatrixXd& scaled) {
  long double expected = 0, found = 0, tolerance = 0;
  for (const double w : scaled.reshaped()) expected += static_cast<long double>(w) * w;
  for (const double s : sigma) {
    found += static_cast<long double>(s) * s;
    tolerance += 2 * static_cast<long double>(s) * error + static_cast<long double>(error) * error;
  }
  return compare("sum of sigma^2 = sum of W_ts^2, entries scaled to 1", expected, found, tolerance);
}

IdentityCheck determinant(const Spectrum& spectrum, std::span<const double> matrix, std::size_t n) {
  const std::string identity = "sum of ln sigma = sum of ln|W_tt|";
  long double expected = 0, found = 0, tolerance = 0;
  for (const SingularValue& v : spectrum.values) {
    if (v.status != Status::numerical) return {identity};
    const long double term = std::log(static_cast<long double>(v.value.mantissa)) +
                             static_cast<long double>(v.value.exponent) * std::log(10.0L);
    found += term, tolerance += v.relative_error / (1 - v.relative_error) + epsilon * (1 + std::fabs(term));
  }
  for (std::size_t t = 0; t < n; ++t)
    expected += std::log(std::fabs(static_cast<long double>(matrix[t * (n + 1)])));
  return compare(identity, expected, found, tolerance);
}

}  // namespace

Spectrum dense_spectrum(std::span<const double> matrix, std::size_t n) {
  if (n == 0 || n > 32768)
    throw ArgumentError("no full spectrum of a matrix of this order",
                        {"", "", "1 to 32768 rows", std::to_string(n), ""});
  double largest = 0;
  for (const double w : matrix) largest = std::max(largest, std::fabs(w));
  Spectrum spectrum;
  spectrum.method = "LAPACK, dense matrix";
  if (largest == 0) {
    spectrum.values.assign(n, {{}, Status::certified, 0, SpectrumMethod::dense});
    spectrum.exact_zeros = n;
    return spectrum;
  }
  int shift = 0;
  (void)std::frexp(largest, &shift);
  const auto order = static_cast<Eigen::Index>(n);
  Eigen::MatrixXd scaled(order, order);
  bool singular = false;
  for (Eigen::Index t = 0; t < order; ++t)
    for (Eigen::Index s = 0; s < order; ++s)
      scaled(t, s) = std::ldexp(matrix[static_cast<std::size_t>(t * order + s)], -shift);
  for (std::size_t t = 0; t < n; ++t) singular = singular || matrix[t * (n + 1)] == 0;
  std::vector<double> sigma(n);
  Eigen::MatrixXd work = scaled;
  if (lapack::dgesdd_values(static_cast<int>(n), work.data(), sigma.data()) != 0)
    throw std::runtime_error("LAPACK did not converge");
  const double error = floor_factor(n) * sigma.front();
  spectrum.floor = ScaledReal::from_binary(error, shift);
  append_values(sigma, error, shift, singular, spectrum);
  spectrum.unresolved = static_cast<std::size_t>(
      std::ranges::count(spectrum.values, Status::below_precision, &SingularValue::status));
  spectrum.frobenius = frobenius(sigma, error, scaled);
  spectrum.determinant = determinant(spectrum, matrix, n);
  if (spectrum.frobenius.outcome == Outcome::failed || spectrum.determinant.outcome == Outcome::failed)
    for (SingularValue& v : spectrum.values)
      if (v.status == Status::numerical) v.status = Status::undecided;
  spectrum.sigma_max = spectrum.values.front().value;
  return spectrum;
}

}  // namespace tmm::analysis
