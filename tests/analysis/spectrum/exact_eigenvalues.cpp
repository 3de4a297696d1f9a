// SPDX-License-Identifier: MIT
#include "analysis/spectrum/exact_eigenvalues.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <boost/multiprecision/mpfr.hpp>

using Real = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<900>,
                                           boost::multiprecision::et_off>;

// Boost's own adaptor does not compile with Eigen 3.4.
template <>
struct Eigen::NumTraits<Real> : Eigen::GenericNumTraits<Real> {
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 10,
    AddCost = 10,
    MulCost = 40
  };
  static Real epsilon() { return std::numeric_limits<Real>::epsilon(); }
  static Real dummy_precision() { return 1000 * epsilon(); }
  static int digits10() { return std::numeric_limits<Real>::digits10; }
};

#include <Eigen/Eigenvalues>

namespace tmm::test {
namespace {

using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
using Eigen::Index;

analysis::ScaledReal scaled(const Real& x) {
  if (x == 0) return {};
  Real exponent = floor(log10(x));
  Real mantissa = x / pow(Real(10), exponent);
  return {mantissa.convert_to<double>(), exponent.convert_to<std::int64_t>()};
}

std::vector<analysis::ScaledReal> absolute_eigenvalues(const Matrix& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric, Eigen::EigenvaluesOnly);
  std::vector<Real> values;
  for (Index i = 0; i < symmetric.rows(); ++i) values.push_back(abs(solver.eigenvalues()[i]));
  std::sort(values.begin(), values.end(), std::greater<>());
  std::vector<analysis::ScaledReal> result;
  for (const Real& x : values) result.push_back(scaled(x));
  return result;
}

}  // namespace

std::vector<analysis::ScaledReal> exact_singular_values(std::span<const double> taps) {
  const auto n = static_cast<Index>(taps.size());
  Matrix hankel = Matrix::Zero(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; i + j < n; ++j) hankel(i, j) = taps[static_cast<std::size_t>(n - 1 - i - j)];
  return absolute_eigenvalues(hankel);
}

std::vector<analysis::ScaledReal> exact_eigenvalues(const analysis::GradedSum& sum) {
  Matrix total = sum.remainder.cast<Real>();
  for (Index j = 0; j < sum.directions.cols(); ++j) {
    const auto& weight = sum.weights[static_cast<std::size_t>(j)];
    const auto v = sum.directions.col(j).cast<Real>().eval();
    total += Real(weight.sign * pow(Real(2), Real(weight.exponent))) * v * v.transpose();
  }
  return absolute_eigenvalues(total);
}

}  // namespace tmm::test
