// SPDX-License-Identifier: MIT
#include "analysis/jacobian/map_spectrum.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "analysis/base/lapack.hpp"
#include "analysis/jacobian/golub_kahan.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "model/base/error.hpp"
#include "model/base/random_source.hpp"

namespace tmm::analysis {
namespace {

constexpr double float32_epsilon = 0x1p-23;

double threshold_factor(std::size_t rows, std::size_t cols) {
  return static_cast<double>(std::max(rows, cols)) * float32_epsilon;
}

/// log10 σ, or of its upper bound. error < σ/2 where σ is a number.
Measure log10_measure(double sigma, double error, const std::string& method) {
  if (sigma > 2 * error)
    return {std::log10(sigma), Status::numerical, error / (sigma - error) / std::log(10.0) + 1e-15, method};
  if (sigma + error == 0)
    return {-std::numeric_limits<double>::infinity(), Status::certified, 0, "zero matrix"};
  return {std::log10(sigma + error), Status::below_precision, 0, method};
}

Measure stable_rank(const std::vector<double>& values, double error, const std::string& method) {
  const double largest = values.front();
  if (!(largest > 2 * error)) return Measure::undecided("the largest singular value is not known");
  double squares = 0, linear = 0;
  for (const double sigma : values) squares += sigma * sigma, linear += sigma;
  const double rank = squares / (largest * largest), relative = error / (largest - error);
  return {rank, Status::numerical,
          2 * linear * error / (largest * largest) + rank * (2 * relative + relative * relative) +
              1e-15 * static_cast<double>(values.size()) * rank,
          method};
}

/// #{σ_i > τσ_1}; the error counts the values that stand too near to tell.
Measure count_above(const std::vector<double>& values, double error, double factor,
                    const std::string& method) {
  const double threshold = factor * values.front(), unsure = error * (1 + factor);
  double count = 0, near = 0;
  for (const double sigma : values) {
    count += sigma > threshold ? 1 : 0;
    near += std::fabs(sigma - threshold) <= unsure ? 1 : 0;
  }
  return {count, Status::numerical, near, method};
}

/// Σσ² = E‖A x‖² over random x of ±1: mean and two standard errors.
std::pair<double, double> frobenius_estimate(const LinearMap& map, std::size_t probes, std::uint64_t seed) {
  model::RandomSource random({seed, 0xf0b, map.cols});
  std::vector<double> x(map.cols), y(map.rows);
  double sum = 0, squares = 0;
  for (std::size_t probe = 0; probe < probes; ++probe) {
    for (double& value : x) value = (random.bits() & 1U) != 0 ? 1 : -1;
    map.apply(x, y);
    const double square = std::inner_product(y.begin(), y.end(), y.begin(), 0.0);
    sum += square, squares += square * square;
  }
  const auto count = static_cast<double>(probes);
  const double mean = sum / count;
  return {mean, 2 * std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1))};
}

}  // namespace

std::size_t known_values(const MapSpectrum& spectrum) {
  return static_cast<std::size_t>(
      std::ranges::count_if(spectrum.values, [&](double sigma) { return sigma > 2 * spectrum.error; }));
}

double float32_threshold(const MapSpectrum& spectrum) {
  return threshold_factor(spectrum.rows, spectrum.cols) * spectrum.values.front();
}

const std::vector<std::string>& map_measures() {
  static const std::vector<std::string> ids{"sigma_max",      "log10_sigma_min", "stable_rank",
                                            "effective_rank", "rank_float32",    "kernel_float32"};
  return ids;
}

// The derivative by w_i is −r(ln p_i + H)/Σw; a weight that its error swallows is taken at that error.
Measure effective_number(const std::vector<double>& weights, double error, const std::string& method) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(sum > 0)) return Measure::not_defined("all are 0");
  double entropy = 0, slope = 0;
  for (const double w : weights)
    if (w > 0) entropy -= w / sum * std::log(w / sum);
  for (const double w : weights)
    if (const double p = std::max(w, error) / sum; p > 0) slope += std::fabs(std::log(p) + entropy);
  const double number = std::exp(entropy);
  return {number, Status::numerical,
          number * (slope * error / sum + 1e-15 * static_cast<double>(weights.size())), method};
}

void limit_rank(MapSpectrum& spectrum, const MapKnowledge& knowledge) {
  if (knowledge.most_rank >= std::min(spectrum.rows, spectrum.cols)) return;
  std::ranges::find(spectrum.measures, "log10_sigma_min", &NamedMeasure::id)->measure = {
      -std::numeric_limits<double>::infinity(), Status::certified, 0, knowledge.rank_reason};
}

const Measure& MapSpectrum::at(std::string_view id) const {
  const auto found = std::ranges::find(measures, id, &NamedMeasure::id);
  if (found == measures.end()) throw std::out_of_range("no such measure");
  return found->measure;
}

MapSpectrum full_spectrum(std::vector<double> values, std::size_t rows, std::size_t cols, double error,
                          const std::string& method) {
  MapSpectrum spectrum{rows, cols, std::move(values), error, {}};
  const auto& sigma = spectrum.values;
  const double factor = threshold_factor(rows, cols);
  const Measure rank = sigma.front() > 2 * error
                           ? count_above(sigma, error, factor, method)
                           : Measure::undecided("the largest singular value is not known");
  Measure kernel = rank;
  kernel.value = static_cast<double>(sigma.size()) - rank.value;
  Measure largest{sigma.front(), Status::numerical, error, method};
  if (!(sigma.front() > 2 * error)) largest = {sigma.front() + error, Status::below_precision, 0, method};
  spectrum.measures = {{"sigma_max", largest},
                       {"log10_sigma_min", log10_measure(sigma.back(), error, method)},
                       {"stable_rank", stable_rank(sigma, error, method)},
                       {"effective_rank", effective_number(sigma, error, method)},
                       {"rank_float32", rank},
                       {"kernel_float32", kernel}};
  settle(spectrum.measures);
  return spectrum;
}

MapSpectrum dense_map_spectrum(Eigen::MatrixXd& matrix, double rounding) {
  if (!matrix.allFinite()) throw FormatError("a derivative that is not finite");
  const auto rows = static_cast<std::size_t>(matrix.rows()), cols = static_cast<std::size_t>(matrix.cols());
  std::vector<double> sigma(std::min(rows, cols));
  if (lapack::dgesdd_values(static_cast<int>(rows), static_cast<int>(cols), matrix.data(), sigma.data()) != 0)
    throw std::runtime_error("LAPACK did not converge");
  const double error = rounding + floor_factor(std::max(rows, cols)) * sigma.front();
  return full_spectrum(std::move(sigma), rows, cols, error, "LAPACK, whole matrix");
}

MapSpectrum end_spectrum(const LinearMap& map, std::size_t steps, std::size_t probes, std::uint64_t seed,
                         const MapKnowledge& knowledge) {
  const GolubKahan lanczos = golub_kahan(map, steps, seed);
  const std::string method = fmt::format("Golub-Kahan-Lanczos, {} steps", lanczos.ritz.size());
  const double theta = lanczos.ritz.front();
  const double rounding = knowledge.rounding + (floor_factor(map.larger()) + lanczos.orthogonality) * theta;
  const double error = lanczos.largest_residual + rounding;
  if (!std::isfinite(theta)) throw FormatError("a derivative that is not finite");
  if (lanczos.complete) {
    MapSpectrum whole = full_spectrum(lanczos.ritz, map.rows, map.cols, rounding, method);
    limit_rank(whole, knowledge);
    return whole;
  }
  MapSpectrum spectrum{map.rows, map.cols, {}, 0, {}};
  Measure smallest{std::log10(std::min(lanczos.smallest_upper, knowledge.smallest_upper) + rounding),
                   Status::below_precision, 0, method + ": smallest stretching in its subspace"};
  if (knowledge.smallest_upper < lanczos.smallest_upper)
    smallest.method = "a diagonal block of the triangular matrix";
  Measure rank{0, Status::below_precision, 0, method + ", interlacing", Measure::Bound::lower};
  const double threshold = threshold_factor(map.rows, map.cols) * (theta + error) + rounding;
  for (const double ritz : lanczos.ritz) rank.value += ritz > threshold ? 1 : 0;
  Measure kernel = rank;
  kernel.bound = Measure::Bound::upper;
  kernel.value = static_cast<double>(map.smaller()) - rank.value;
  Measure stable = Measure::undecided("no probes");
  if (probes > 1 && theta > 2 * error) {
    const auto [square, spread] = frobenius_estimate(map, probes, seed);
    stable = {square / (theta * theta), Status::numerical,
              (spread + 2 * square * error / (theta - error)) / (theta * theta),
              fmt::format("{} random probes, two standard errors", probes)};
  }
  Measure largest{theta, Status::numerical, error, method + ", residual and rounding"};
  if (!(theta > 2 * error))
    largest = {theta - rounding, Status::below_precision, 0, method, Measure::Bound::lower};
  spectrum.measures = {
      {"sigma_max", largest},  {"log10_sigma_min", smallest},
      {"stable_rank", stable}, {"effective_rank", Measure::undecided("needs all singular values")},
      {"rank_float32", rank},  {"kernel_float32", kernel}};
  settle(spectrum.measures);
  limit_rank(spectrum, knowledge);
  return spectrum;
}

Eigen::MatrixXd dense_of(const LinearMap& map) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(map.rows), static_cast<Eigen::Index>(map.cols));
  std::vector<double> unit(map.cols);
  for (std::size_t j = 0; j < map.cols; ++j) {
    unit[j] = 1;
    map.apply(unit, {matrix.col(static_cast<Eigen::Index>(j)).data(), map.rows});
    unit[j] = 0;
  }
  return matrix;
}

}  // namespace tmm::analysis
