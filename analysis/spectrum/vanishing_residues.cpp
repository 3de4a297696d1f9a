// SPDX-License-Identifier: MIT
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include "analysis/spectrum/dense_product.hpp"
#include "analysis/spectrum/graded_eigen.hpp"
#include "analysis/spectrum/laurent_inverse.hpp"
#include "analysis/spectrum/vanishing_values.hpp"
#include "analysis/symbol/symbol_zero.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
using Complex = std::complex<long double>;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// Where the circle |z| = ρ may run, as log10 ρ^n. The entries of C are as large as ρ^{−n}, and their errors
// must not reach the largest σ of interest.
constexpr double deepest_circle = -5, shallowest_circle = 0;
// Zeros with log10 |z|^n below this make singular values small enough to belong to the basis, so they are
// known.
constexpr double frontier = -2.5;
// Beyond these the double-precision route is given up.
constexpr double smallest_angle = 1e-4, largest_error = 4e-11;
// The eigenvalues of the shift take k³ operations, a second at this k. Beyond it the route is tried only
// where the basis spans at most half the space: wider ones have never passed the checks.
constexpr Index costly_basis = 800;

// Approximate zeros of a inside the disc. The basis (rows reversed) nearly contains the vectors v_j =
// (z_j^i), which the shift by one row multiplies by z_j: eigenvalues of the least-squares shift on the basis
// (ESPRIT; Roy & Kailath 1989).
std::vector<std::complex<double>> approximate_zeros(const MatrixXd& reversed) {
  const Index n = reversed.rows();
  if (n < 2) return {};
  const VectorXd last = reversed.row(n - 1).transpose();
  const double rest = 1 - last.squaredNorm();  // upperᵀ upper = I − last lastᵀ
  if (rest < 1e-8) return {};
  MatrixXd shift = transpose_times(reversed.topRows(n - 1), reversed.bottomRows(n - 1));
  shift += last * (last.transpose() * shift) / rest;
  std::vector<std::complex<double>> zeros;
  const Eigen::EigenSolver<MatrixXd> solver(shift, false);
  for (const auto z : solver.eigenvalues())
    if (z.imag() >= 0) zeros.push_back(z);
  return zeros;
}

struct Circle {
  double decades;      // log10 ρ^n
  double merit;        // room to known zeros and beyond the last one, less for deep circles, where C is large
  std::size_t inside;  // number of zeros (of the sorted list) inside
};

// Circles between the moduli of known zeros, the most promising first. Aliasing from known zeros is removed,
// so that little room between them is enough; zeros beyond the frontier do alias, and 0.8 decades put that
// under rounding.
std::vector<Circle> candidate_circles(std::span<const SymbolZero> zeros, std::size_t n) {
  std::vector<Circle> circles;
  const auto add = [&](double lower, double upper, std::size_t inside, double penalty) {
    const double position = std::clamp((lower + upper) / 2, deepest_circle, shallowest_circle);
    const double clearance = std::min(position - lower, upper - position);
    if (clearance > 0)
      circles.push_back({position,
                         2 * std::min(clearance, 0.25) + std::min(std::fabs(frontier - position), 0.8) +
                             position / 5 - penalty,
                         inside});
  };
  double lower = 2 * deepest_circle;
  for (std::size_t i = 0; i < zeros.size(); ++i) {
    const auto decades = static_cast<double>(static_cast<long double>(n) * std::log10(std::abs(zeros[i].z)));
    add(lower, decades, i, 0);
    lower = std::max(lower, decades);
  }
  // Up to the frontier no zero is missing as a rule; beyond it others lie at unknown places.
  add(lower, frontier, zeros.size(), 0);
  for (const double upper : {-1.0, 0.0, 1.0}) add(std::max(lower, frontier), upper, zeros.size(), 1);
  std::ranges::sort(circles, std::greater<>(), &Circle::merit);
  return circles;
}

// Estimate of ‖error of C‖₂: a Hankel matrix is bounded by the maximum of its symbol, here a trigonometric
// sum with coefficients of random sign and size `laurent.error`·ρ^{−m}.
double rest_error(const LaurentInverse& laurent) {
  const auto n = static_cast<double>(laurent.scaled.size() / 2 + 1);
  double sum = 0;
  for (double m = 1 - n; m < n; ++m) sum += std::pow(laurent.radius, -2 * m);
  return laurent.error * std::sqrt(2 * std::log(2 * n) * sum);
}

struct Split {
  LaurentInverse laurent;
  std::span<const SymbolZero> inside;
  double error;  // of C, absolute
};

// The first candidate circle that passes all checks of laurent_inverse with a small error; more samples only
// where few did not do.
std::optional<Split> find_circle(std::span<const long double> taps, std::span<const SymbolZero> zeros,
                                 double largest_value) {
  const auto n = static_cast<double>(taps.size());
  const auto circles = candidate_circles(zeros, taps.size());
  for (const std::size_t samples : {16U, 64U})
    for (std::size_t i = 0; i < std::min<std::size_t>(circles.size(), 6); ++i) {
      const double radius = std::pow(10, circles[i].decades / n);
      const auto inside = zeros.first(circles[i].inside), outside = zeros.subspan(circles[i].inside);
      auto laurent = laurent_inverse(taps, radius, inside, outside, samples);
      if (!laurent) continue;
      const double error = rest_error(*laurent);
      if (error * largest_value <= largest_error / 2) return Split{std::move(*laurent), inside, error};
    }
  return std::nullopt;
}

// Yᵀ C Y with the n×n Hankel matrix C_{il} = c_{n−1−i−l}: a convolution for each column of Y.
MatrixXd project_rest(const LaurentInverse& laurent, const MatrixXd& Y) {
  const Index n = Y.rows(), k = Y.cols();
  const auto fft =
      model::RealFft<double>::of_length(model::fast_fft_length(static_cast<std::size_t>(2 * n - 1)));
  model::AlignedVector<double> buffer(fft->length());
  model::AlignedVector<std::complex<double>> kernel(fft->spectrum_size()), spectrum(fft->spectrum_size());
  const double log_radius = std::log(laurent.radius);
  for (Index i = 0; i < 2 * n - 1; ++i)
    buffer[static_cast<std::size_t>(i)] = laurent.scaled[static_cast<std::size_t>(i)] *
                                          std::exp(-log_radius * static_cast<double>(i - (n - 1))) /
                                          static_cast<double>(fft->length());
  fft->forward(buffer.data(), kernel.data());
  MatrixXd product(n, k);
  for (Index j = 0; j < k; ++j) {
    std::fill(buffer.begin(), buffer.end(), 0.0);
    std::copy_n(Y.col(j).data(), n, buffer.begin());
    fft->forward(buffer.data(), spectrum.data());
    for (std::size_t i = 0; i < spectrum.size(); ++i) spectrum[i] *= kernel[i];
    fft->inverse(spectrum.data(), buffer.data());
    // (C y)_i is entry 2(n−1) − i of the convolution; what wraps around stays below entry n − 1.
    for (Index i = 0; i < n; ++i) product(i, j) = buffer[static_cast<std::size_t>(2 * (n - 1) - i)];
  }
  const MatrixXd projected = transpose_times(Y, product);
  return (projected + projected.transpose()) / 2;
}

// x = m·2^e with |m| in [½, 1).
struct ScaledComplex {
  Complex mantissa;
  long double exponent = 0;
};

ScaledComplex normalise(Complex mantissa, long double exponent) {
  int shift = 0;
  (void)std::frexp(std::abs(mantissa), &shift);
  return {{std::ldexp(mantissa.real(), -shift), std::ldexp(mantissa.imag(), -shift)}, exponent + shift};
}

ScaledComplex power(Complex base, std::size_t exponent) {
  ScaledComplex result = normalise(1, 0), square = normalise(base, 0);
  for (; exponent != 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0)
      result = normalise(result.mantissa * square.mantissa, result.exponent + square.exponent);
    square = normalise(square.mantissa * square.mantissa, 2 * square.exponent);
  }
  return result;
}

// Adds −r z^{−n} v vᵀ, for a pair with its conjugate, to the sum: with d = −r z^{−n} = |d| e^{2iφ} and u =
// e^{iφ} v,
//   d v vᵀ + conj = 2|d| (Re u Re uᵀ − Im u Im uᵀ).
void add_zero(const SymbolZero& zero, const MatrixXd& Y, Index& column, GradedSum& sum) {
  const Index n = Y.rows();
  const ScaledComplex zn = power(zero.z, static_cast<std::size_t>(n));
  const ScaledComplex d = normalise(-zero.residue / zn.mantissa, -zn.exponent);
  const long double exponent = d.exponent + std::log2(std::abs(d.mantissa));
  Complex u = zero.count() == 2 ? std::sqrt(d.mantissa / std::abs(d.mantissa)) : Complex(1);
  VectorXd real(n), imaginary(n);
  for (Index i = 0; i < n; ++i, u *= zero.z) {
    real[i] = static_cast<double>(u.real());
    imaginary[i] = static_cast<double>(u.imag());
  }
  sum.directions.col(column++) = Y.transpose() * real;
  if (zero.count() == 1) {
    sum.weights.push_back({exponent, d.mantissa.real() > 0 ? 1 : -1});
    return;
  }
  sum.directions.col(column++) = Y.transpose() * imaginary;
  sum.weights.push_back({exponent + 1, 1});
  sum.weights.push_back({exponent + 1, -1});
}

}  // namespace

std::optional<VanishingValues> vanishing_by_residues(std::span<const long double> taps, const MatrixXd& basis,
                                                     double largest_value) {
  if (basis.cols() > costly_basis && 2 * basis.cols() > basis.rows()) return std::nullopt;
  const MatrixXd Y = basis.colwise().reverse();
  const auto zeros = polish_zeros(taps, approximate_zeros(Y));
  const auto split = find_circle(taps, zeros, largest_value);
  if (!split) return std::nullopt;

  const auto n = static_cast<double>(taps.size());
  Index directions = 0;
  double zero_error = 0;
  for (const SymbolZero& zero : split->inside) {
    directions += zero.count();
    zero_error = std::max(zero_error, static_cast<double>(zero.relative_error));
  }
  GradedSum sum{MatrixXd(Y.cols(), directions), {}, project_rest(split->laurent, Y)};
  Index column = 0;
  for (const SymbolZero& zero : split->inside) add_zero(zero, Y, column, sum);
  const GradedEigenvalues inverse = graded_eigenvalues(sum);
  if (!inverse.converged || inverse.smallest_angle < smallest_angle) return std::nullopt;

  VanishingValues result;
  for (const long double exponent : inverse.exponents) result.exponents.push_back(-exponent);
  std::ranges::sort(result.exponents, std::greater<>());
  // The errors of z_j^n, of rounding X and v_j to double, of z_j in v_j (which fades within a fraction of the
  // rows), and of C against the smallest eigenvalue of the inverse.
  const double common = n * zero_error + (8 + std::sqrt(n)) * epsilon / inverse.smallest_angle +
                        (4 * epsilon + n / 8 * zero_error) * inverse.condition;
  for (const long double exponent : result.exponents)
    result.relative_errors.push_back(common + split->error * static_cast<double>(std::exp2(exponent)));
  if (!(result.relative_errors.front() <= largest_error)) return std::nullopt;
  return result;
}

}  // namespace tmm::analysis
