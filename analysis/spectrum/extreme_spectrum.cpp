// SPDX-License-Identifier: MIT
#include "analysis/spectrum/extreme_spectrum.hpp"

#include <fmt/core.h>

#include <Spectra/SymEigsSolver.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/base/scaled_taps.hpp"
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
constexpr double widest = 1e-2;            // relative interval of a value that is reported
constexpr double ten_digits = 1e-10;  // with a wider relative interval σ_min is looked for in ball arithmetic

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
    const double relative = std::fmin(value.interval, below_top) / value.modulus;
    if (!(relative < (result.largest.empty() ? 1 : widest))) break;  // the others are lost beside the largest
    const ScaledReal sigma = ScaledReal::from_binary(value.modulus, exponent);
    result.largest.push_back(
        {sigma, relative + conversion_error(sigma),
         residual ? "Lanczos on J T, residual interval" : "Lanczos on J T, between Ritz value and max|a|"});
  }
}

/// log2 of what 1/(eigenvalue of D J T(b̃) D) is multiplied with.
long double log2_factor(const ScaledInverse& inverse, int exponent) {
  return static_cast<long double>(inverse.taps.size() - 1) * inverse.log2_rho + exponent -
         static_cast<long double>(inverse.exponent);
}

/// Entry (i, j) of D J T(b̃) D is h_{i+j}, h_k = b̃_{n−1−k} ρ^k.
struct DampedWeights {
  std::vector<double> h;
  std::vector<double> fuzz;  // errors

  explicit DampedWeights(const ScaledInverse& inverse) {
    const std::size_t n = inverse.taps.size();
    for (std::size_t k = 0; k < n; ++k) {
      const auto weight = static_cast<double>(std::exp2(static_cast<long double>(k) * inverse.log2_rho));
      h.push_back(inverse.taps[n - 1 - k] * weight);
      fuzz.push_back(inverse.error * weight + 2 * unit_roundoff * std::fabs(h.back()));
    }
  }
  [[nodiscard]] double at(Eigen::Index k) const { return h[static_cast<std::size_t>(k)]; }
};

/// 1/‖b‖₁ and 1/‖b‖₂. False if b is not known well enough.
bool add_bracket(ExtremeSpectrum& result, const DampedWeights& b, long double factor) {
  long double sum = 0, squares = 0, fuzz_sum = 0, fuzz_squares = 0;
  for (std::size_t k = 0; k < b.h.size(); ++k) {
    const long double term = std::fabs(b.h[k]), fuzz = b.fuzz[k];
    sum += term, squares += term * term;
    fuzz_sum += fuzz, fuzz_squares += fuzz * fuzz;
  }
  // Of the sums, and of the conversion to decimal: the ends are rounded outward.
  const long double safety = 1e-12L + 1e-18L * std::fabs(factor);
  const long double norm = std::sqrt(squares) * (1 - safety) - std::sqrt(fuzz_squares);
  const long double total = sum * (1 + safety) + fuzz_sum;
  result.bracket_known = norm > 1e-250L && total < 1e250L;
  if (!result.bracket_known) return false;
  result.sigma_min_lower = scaled(static_cast<double>(1 / total), factor);
  result.sigma_min_upper = scaled(static_cast<double>(1 / norm), factor);
  return true;
}

/// Rows of the leading block: beyond it everything is below 2^−70 of the largest.
Eigen::Index leading_rows(const ScaledInverse& inverse, const DampedWeights& b) {
  const auto n = static_cast<Eigen::Index>(b.h.size());
  if (inverse.log2_rho < 0) {
    const long double fades = 70 / -inverse.log2_rho;
    return fades < static_cast<long double>(n)
               ? std::max<Eigen::Index>(1, static_cast<Eigen::Index>(fades) + 1)
               : n;
  }
  double largest = 0, tail = 0;
  for (const double x : b.h) largest = std::fmax(largest, std::fabs(x));
  Eigen::Index rows = n;
  while (rows > 1 && (tail += std::fabs(b.at(rows - 1))) <= 0x1p-70 * largest) --rows;
  return rows;
}

/// |Eigenvalues| of the leading block of the Hankel matrix (h_{i+j}), descending; what lies outside has a
/// norm of at most Σ|h_k| over k ≥ rows.
std::vector<RitzValue> eigenvalues_of_block(const DampedWeights& b, Eigen::Index rows, std::size_t count) {
  const auto n = static_cast<Eigen::Index>(b.h.size());
  Eigen::MatrixXd block(rows, rows);
  double fuzz = 0, tail = 0;
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < rows; ++j) {
      block(i, j) = i + j < n ? b.at(i + j) : 0;
      if (const double f = i + j < n ? b.fuzz[static_cast<std::size_t>(i + j)] : 0; f > 0) fuzz += f * f;
    }
  for (Eigen::Index k = rows; k < n; ++k) tail += std::fabs(b.at(k)) + b.fuzz[static_cast<std::size_t>(k)];
  const Eigen::VectorXd lambda =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(block, Eigen::EigenvaluesOnly).eigenvalues();
  const double error =
      std::sqrt(fuzz) + tail + 2 * unit_roundoff * static_cast<double>(rows) * lambda.cwiseAbs().maxCoeff();
  std::vector<RitzValue> values;
  for (const double x : lambda) values.push_back({std::fabs(x), error});
  std::ranges::sort(values, std::ranges::greater{}, &RitzValue::modulus);
  if (values.size() > count) values.resize(count);
  return values;
}

/// σ = ρ^{n−1}/λ for the largest λ of D J T(b̃) D, and its bracket. False if not to ten digits.
bool add_smallest(ExtremeSpectrum& result, const ScaledInverse& inverse, int exponent, std::size_t count) {
  if (!std::isfinite(inverse.error)) return false;
  const DampedWeights b(inverse);
  const long double factor = log2_factor(inverse, exponent);
  if (!add_bracket(result, b, factor)) return false;
  const Eigen::Index leading = leading_rows(inverse, b);
  std::vector<RitzValue> values;
  if (leading <= dense_below) {
    values = eigenvalues_of_block(b, leading, count);
  } else {
    const DampedInverse op(inverse.taps, inverse.log2_rho);
    const double fuzz = std::accumulate(b.fuzz.begin(), b.fuzz.end(), 0.0);  // ‖(f_{i+j})‖ ≤ Σ f_k
    values = largest_by_lanczos(op, 1, product_error(inverse.taps) + fuzz);
  }
  for (const RitzValue& value : values) {
    const double relative = value.interval / value.modulus;
    if (!(value.modulus > resolved * values.front().modulus) || !(relative < widest)) break;
    const ScaledReal sigma = scaled(1 / value.modulus, factor);
    result.smallest.push_back(
        {sigma, relative / (1 - relative) + conversion_error(sigma), "inverse with its growth taken out"});
  }
  return !result.smallest.empty() && result.smallest.front().relative_error <= ten_digits;
}

/// In double precision; where that does not give ten digits in ball arithmetic, and the better of both.
void add_smallest(ExtremeSpectrum& result, std::span<const double> taps, const std::vector<double>& behind,
                  int exponent, std::size_t count) {
  // Weights that are lost in scaling have no inverse in double precision.
  const bool exact = std::ranges::equal(
      taps, behind, [&](double w, double scaled) { return std::ldexp(scaled, exponent) == w; });
  if (exact && add_smallest(result, scaled_inverse(behind), exponent, count)) return;
  const ScaledTaps extended = ScaledTaps::from(taps);
  if (const auto inverse = ball_inverse(extended)) {
    ExtremeSpectrum better;
    add_smallest(better, *inverse, extended.shift, count);
    const bool sharper = !better.smallest.empty() &&
                         (result.smallest.empty() ||
                          better.smallest.front().relative_error < result.smallest.front().relative_error);
    if (sharper || !result.bracket_known) {
      better.largest = std::move(result.largest);
      better.notes = std::move(result.notes);
      result = std::move(better);
    }
  }
  if (!result.bracket_known)
    result.notes.emplace_back(
        "the weights of the inverse could not be computed well enough for a bracket of sigma_min");
  else if (result.smallest.empty())
    result.notes.emplace_back("sigma_min could not be sharpened beyond its bracket");
}

/// A multiple of a delay: every singular value that is not 0 is |w|.
void add_delay(ExtremeSpectrum& result, double w, std::size_t values, std::size_t count) {
  const ScaledReal sigma = ScaledReal::from_double(std::fabs(w));
  result.largest.assign(std::min(count, values),
                        {sigma, conversion_error(sigma), "a multiple of a delay", Status::certified});
  if (result.exact_zeros > 0) return;
  result.smallest.push_back(
      {sigma, conversion_error(sigma), "a multiple of the identity", Status::certified});
  int shift = 0;
  const double fraction = std::frexp(std::fabs(w), &shift), safety = conversion_error(sigma);
  result.sigma_min_lower = ScaledReal::from_binary(fraction * (1 - safety), shift);
  result.sigma_min_upper = ScaledReal::from_binary(fraction * (1 + safety), shift);
  result.bracket_known = true;
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
    result.smallest.push_back({{}, 0, "w_0 = 0", Status::certified});
  }
  if (first == taps.end()) {
    result.largest.push_back({{}, 0, "zero operator", Status::certified});
    return result;
  }
  const int exponent = std::ilogb(largest) + 1;
  std::vector<double> behind(first, taps.end());
  for (double& w : behind) w = std::ldexp(w, -exponent);
  if (std::all_of(behind.begin() + 1, behind.end(), [](double w) { return w == 0; }) &&
      std::all_of(first + 1, taps.end(), [](double w) { return w == 0; })) {
    add_delay(result, *first, behind.size(), count);
    return result;
  }
  add_largest(result, behind, exponent, count);
  if (result.exact_zeros == 0) add_smallest(result, taps, behind, exponent, count);
  return result;
}

}  // namespace tmm::analysis
