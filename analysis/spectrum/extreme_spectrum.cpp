// SPDX-License-Identifier: MIT
#include "analysis/spectrum/extreme_spectrum.hpp"

#include <fmt/core.h>

#include <Spectra/SymEigsSolver.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/spectrum/scaled_inverse.hpp"
#include "analysis/symbol/roots_of_unity.hpp"
#include "analysis/symbol/symbol_maximum.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

namespace tmm::analysis {
namespace {

using model::CausalToeplitz, model::LinearOperator, model::ReversedToeplitz;

constexpr Eigen::Index dense_below = 600;  // rows of a dense eigenproblem that costs less than a few products
constexpr double ritz_tolerance = 3e-7;    // relative residual at which a Ritz pair counts as converged
constexpr double resolved = 1e-6;          // eigenvalues below this share of the largest are not reported

/// x ↦ D J T(b̃) D x.
class DampedInverse {
 public:
  using Scalar = double;
  DampedInverse(std::vector<double> taps, long double log2_rho)
      : damping_(static_cast<Eigen::Index>(taps.size())), reversed_(CausalToeplitz(std::move(taps))) {
    for (Eigen::Index i = 0; i < damping_.size(); ++i)
      damping_(i) = static_cast<double>(std::exp2(static_cast<long double>(i) * log2_rho));
  }
  [[nodiscard]] Eigen::Index rows() const { return reversed_.rows(); }
  [[nodiscard]] Eigen::Index cols() const { return reversed_.cols(); }
  void perform_op(const double* x, double* y) const {
    const Eigen::VectorXd damped = damping_.cwiseProduct(Eigen::Map<const Eigen::VectorXd>(x, rows()));
    reversed_.perform_op(damped.data(), y);
    Eigen::Map<Eigen::VectorXd>(y, rows()).array() *= damping_.array();
  }

 private:
  Eigen::VectorXd damping_;
  ReversedToeplitz reversed_;
};
static_assert(LinearOperator<DampedInverse>);

struct RitzValue {
  double modulus = 0;
  double interval = 0;  // of |eigenvalue|, absolute
};

/// About 40 products a restart: at most a thousand products, a few hundred on the largest operators.
Eigen::Index restarts_allowed(Eigen::Index n) {
  return std::clamp<Eigen::Index>(1000000 / n, 7, 25);
}

/// The largest |eigenvalues| of a symmetric operator, descending; `product_error` bounds ‖computed A x − A
/// x‖, ‖x‖ = 1.
template <LinearOperator Operator>
std::vector<RitzValue> largest_by_lanczos(const Operator& op, std::size_t count, double product_error,
                                          double tolerance = ritz_tolerance) {
  const Eigen::Index n = op.rows();
  std::vector<RitzValue> values;
  if (n <= dense_below) {
    Eigen::MatrixXd dense(n, n);
    for (Eigen::Index j = 0; j < n; ++j) {
      const Eigen::VectorXd unit = Eigen::VectorXd::Unit(n, j);
      op.perform_op(unit.data(), dense.col(j).data());
    }
    const Eigen::VectorXd lambda =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(dense, Eigen::EigenvaluesOnly).eigenvalues();
    const double error =
        product_error + static_cast<double>(n) * 2 * unit_roundoff * lambda.cwiseAbs().maxCoeff();
    for (const double x : lambda) values.push_back({std::fabs(x), error});
  } else {
    const auto nev = static_cast<Eigen::Index>(count);
    // Spectra takes the operator by non-const reference but only calls perform_op, which is const.
    auto& callable = const_cast<Operator&>(op);
    Spectra::SymEigsSolver<Operator> solver(callable, nev, std::min<Eigen::Index>(n, 2 * nev + 40));
    solver.init();  // Spectra's own fixed pseudo-random start: the same numbers in every run
    solver.compute(Spectra::SortRule::LargestMagn, restarts_allowed(n), tolerance);
    const Eigen::VectorXd theta = solver.eigenvalues();
    const Eigen::MatrixXd vectors = solver.eigenvectors();
    Eigen::VectorXd image(n);
    for (Eigen::Index i = 0; i < theta.size(); ++i) {
      const Eigen::VectorXd x = vectors.col(i).normalized();
      op.perform_op(x.data(), image.data());
      values.push_back({std::fabs(theta(i)), (image - theta(i) * x).norm() + product_error});
    }
  }
  std::ranges::sort(values, std::ranges::greater{}, &RitzValue::modulus);
  if (values.size() > count) values.resize(count);
  return values;
}

/// ‖A x‖ errors of an FFT product with these taps: 12 u log₂(2n) max|â| ≤ 12 u log₂(2n)‖w‖₁, and never below
/// direct summation.
double product_error(std::span<const double> taps) {
  double sum = 0;
  for (const double w : taps) sum += std::fabs(w);
  return 12 * unit_roundoff * (1 + std::log2(2 * static_cast<double>(taps.size()))) * sum;
}

/// x·2^e as a scaled real for a long double exponent.
ScaledReal scaled(double x, long double log2_factor) {
  const long double whole = std::floor(log2_factor);
  return ScaledReal::from_binary(x * static_cast<double>(std::exp2(log2_factor - whole)),
                                 static_cast<std::int64_t>(whole));
}

/// Ritz values are singular values of a compression of T, so σ_j ≥ θ_j, and σ_j ≤ max|a|: a second interval
/// beside that of the residual, and the tighter one where smooth symbols crowd singular values below max|a|.
void add_largest(ExtremeSpectrum& result, const std::vector<double>& taps, int exponent, std::size_t count) {
  const ReversedToeplitz op{CausalToeplitz(taps)};
  const double error = product_error(taps), top = symbol_maximum(taps).upper;
  count = std::min(count, taps.size());
  auto values = largest_by_lanczos(op, count, error);
  if (values.size() < count)
    result.notes.push_back(
        fmt::format("{} of the {} largest singular values did not converge", count - values.size(), count));
  if (values.empty()) values = largest_by_lanczos(op, 1, error, 1e-3);
  for (const RitzValue& value : values) {
    const double below_top = std::fmax(top - value.modulus, 0) + error;
    const bool residual = value.interval <= below_top;
    result.largest.push_back(
        {ScaledReal::from_binary(value.modulus, exponent),
         std::fmin(value.interval, below_top) / value.modulus,
         residual ? "Lanczos on J T, residual interval" : "Lanczos on J T, between Ritz value and max|a|"});
  }
}

void add_bracket(ExtremeSpectrum& result, const ScaledInverse& inverse, int exponent) {
  // ‖b‖ = ρ^{−(n−1)} ‖(b̃_k ρ^{n−1−k})_k‖; every b̃_k is known within inverse.error.
  const std::size_t n = inverse.taps.size();
  double sum = 0, squares = 0, fuzz_sum = 0, fuzz_squares = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const auto weight =
        static_cast<double>(std::exp2(static_cast<long double>(n - 1 - k) * inverse.log2_rho));
    const double term = std::fabs(inverse.taps[k]) * weight, fuzz = inverse.error * weight;
    sum += term;
    squares += term * term;
    fuzz_sum += fuzz;
    fuzz_squares += fuzz * fuzz;
  }
  const double safety = 1e-12, norm = std::sqrt(squares) * (1 - safety) - std::sqrt(fuzz_squares);
  result.bracket_known = norm > 0 && std::isfinite(fuzz_sum);
  if (!result.bracket_known) {
    result.notes.push_back(
        "the weights of the inverse could not be computed well enough for a bracket of sigma_min");
    return;
  }
  const long double growth = static_cast<long double>(n - 1) * inverse.log2_rho + exponent;
  result.sigma_min_lower = scaled(1 / (sum * (1 + safety) + fuzz_sum), growth);
  result.sigma_min_upper = scaled(1 / norm, growth);
}

/// σ = ρ^{n−1}/λ for the largest λ of D J T(b̃) D.
void add_smallest(ExtremeSpectrum& result, const ScaledInverse& inverse, int exponent, std::size_t count) {
  const auto n = static_cast<Eigen::Index>(inverse.taps.size());
  const long double growth = static_cast<long double>(n - 1) * inverse.log2_rho + exponent;
  // Rows beyond this are below 2^−70 of the first.
  const long double fades = inverse.log2_rho < 0 ? 70 / -inverse.log2_rho : static_cast<long double>(n);
  const Eigen::Index leading = fades < static_cast<long double>(n)
                                   ? std::max<Eigen::Index>(1, static_cast<Eigen::Index>(fades) + 1)
                                   : n;
  // The leading block of J T(b̃) is J T of the last 2·leading − 1 weights' Hankel matrix: entries b̃_{n−1−i−j}.
  std::vector<RitzValue> values;
  double fuzz = 0;
  if (leading <= dense_below) {
    Eigen::MatrixXd block(leading, leading);
    for (Eigen::Index i = 0; i < leading; ++i)
      for (Eigen::Index j = 0; j < leading; ++j) {
        const double weight =
            static_cast<double>(std::exp2(static_cast<long double>(i + j) * inverse.log2_rho));
        block(i, j) = n - 1 - i - j >= 0 ? inverse.taps[static_cast<std::size_t>(n - 1 - i - j)] * weight : 0;
        fuzz += inverse.error * weight * inverse.error * weight;
      }
    const Eigen::VectorXd lambda =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(block, Eigen::EigenvaluesOnly).eigenvalues();
    const double error =
        std::sqrt(fuzz) + 2 * unit_roundoff * static_cast<double>(leading) * lambda.cwiseAbs().maxCoeff();
    for (const double x : lambda) values.push_back({std::fabs(x), error});
    std::ranges::sort(values, std::ranges::greater{}, &RitzValue::modulus);
    if (values.size() > count) values.resize(count);
  } else {
    const DampedInverse op(inverse.taps, inverse.log2_rho);
    double largest = 0;
    for (const double b : inverse.taps) largest = std::fmax(largest, std::fabs(b));
    fuzz = inverse.error * static_cast<double>(std::min(leading, n));  // ‖D ΔH D‖ ≤ max|Δ| Σ ρ^{2i}
    values = largest_by_lanczos(op, 1, product_error(inverse.taps) + fuzz);
  }
  for (const RitzValue& value : values) {
    const double relative = value.interval / value.modulus;
    if (!(value.modulus > resolved * values.front().modulus) || !(relative < 1e-2)) break;
    result.smallest.push_back(
        {scaled(1 / value.modulus, growth), relative / (1 - relative), "inverse with its growth taken out"});
  }
  if (result.smallest.empty()) result.notes.push_back("sigma_min could not be sharpened beyond its bracket");
}

}  // namespace

ExtremeSpectrum extreme_spectrum(std::span<const double> taps, std::size_t count) {
  if (taps.empty()) throw ArgumentError("an operator needs at least one weight");
  double largest = 0;
  for (const double w : taps) {
    if (!std::isfinite(w)) throw ArgumentError("singular values of weights that are not finite");
    largest = std::fmax(largest, std::fabs(w));
  }
  ExtremeSpectrum result;
  const auto first = std::ranges::find_if(taps, [](double w) { return w != 0; });
  result.exact_zeros = static_cast<std::size_t>(first - taps.begin());
  if (result.exact_zeros > 0) {
    result.bracket_known = true;  // σ_min = 0
    result.smallest.push_back({{}, 0, "w_0 = 0"});
  }
  if (first == taps.end()) {
    result.largest.push_back({{}, 0, "zero operator"});
    return result;
  }
  const int exponent = std::ilogb(largest) + 1;
  std::vector<double> behind(first, taps.end());
  for (double& w : behind) w = std::ldexp(w, -exponent);
  if (std::all_of(behind.begin() + 1, behind.end(), [](double w) { return w == 0; })) {
    // A multiple of a delay: every other singular value is |w|.
    const ScaledReal value = ScaledReal::from_double(*first < 0 ? -*first : *first);
    result.largest.assign(std::min(count, behind.size()), {value, 0, "a multiple of a delay"});
    if (result.exact_zeros == 0) {
      result.smallest.push_back({value, 0, "a multiple of the identity"});
      result.sigma_min_lower = result.sigma_min_upper = value;
      result.bracket_known = true;
    }
    return result;
  }
  add_largest(result, behind, exponent, count);
  if (result.exact_zeros > 0) return result;
  const ScaledInverse inverse = scaled_inverse(behind);
  add_bracket(result, inverse, exponent);
  if (result.bracket_known) add_smallest(result, inverse, exponent, count);
  return result;
}

}  // namespace tmm::analysis
