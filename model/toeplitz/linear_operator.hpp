// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <concepts>

namespace tmm::model {

/// A square real matrix known only by its action y = A x: the contract that Spectra's eigensolvers ask for.
/// Code that takes a LinearOperator works with fast products and never turns dense silently.
template <class Operator>
concept LinearOperator = requires(const Operator& op, const typename Operator::Scalar* x,
                                  typename Operator::Scalar* y) {
  requires std::floating_point<typename Operator::Scalar>;
  { op.rows() } -> std::convertible_to<Eigen::Index>;
  { op.cols() } -> std::convertible_to<Eigen::Index>;
  { op.perform_op(x, y) } -> std::same_as<void>;
};

}  // namespace tmm::model
