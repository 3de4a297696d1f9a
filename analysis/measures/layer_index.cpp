// SPDX-License-Identifier: MIT
#include "analysis/measures/layer_index.hpp"

#include <fmt/core.h>

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "analysis/base/lapack.hpp"
#include "model/checkpoint/families/families.hpp"

namespace tmm::analysis {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::optional<Matrix> matrix_of(const model::StateDict& weights, const std::string& name) {
  const model::Tensor* tensor = weights.find(name);
  if (tensor == nullptr || tensor->info.shape.size() != 2) return std::nullopt;
  const std::vector<double> values = tensor->as_double();
  return Eigen::Map<const Matrix>(values.data(), static_cast<Eigen::Index>(tensor->info.shape[0]),
                                  static_cast<Eigen::Index>(tensor->info.shape[1]));
}

/// P: in_proj, or proj_head.0 … proj_head.(H−1) one above the other.
std::optional<Matrix> stacked_projection(const model::StateDict& weights, const std::string& prefix,
                                         const model::BlockNames& names) {
  if (auto whole = matrix_of(weights, fmt::format("{}{}.weight", prefix, names.in))) return whole;
  if (names.head_in.empty()) return std::nullopt;
  std::vector<Matrix> heads;
  Eigen::Index rows = 0;
  for (std::size_t h = 0;; ++h) {
    auto head = matrix_of(weights, fmt::format("{}{}{}.weight", prefix, names.head_in, h));
    if (!head) break;
    if (!heads.empty() && head->cols() != heads.front().cols()) return std::nullopt;
    rows += head->rows();
    heads.push_back(std::move(*head));
  }
  if (heads.empty()) return std::nullopt;
  Matrix stacked(rows, heads.front().cols());
  for (Eigen::Index at = 0; const Matrix& head : heads) {
    stacked.middleRows(at, head.rows()) = head;
    at += head.rows();
  }
  return stacked;
}

/// Descending; empty if LAPACK gives up.
std::vector<double> singular_values(Eigen::MatrixXd matrix) {
  std::vector<double> sigma(static_cast<std::size_t>(matrix.rows()));
  const int info = lapack::dgesdd_values(static_cast<int>(matrix.rows()), matrix.data(), sigma.data());
  return info == 0 ? sigma : std::vector<double>{};
}

/// 2-norm condition number; undecided where the smallest singular value is noise (condition beyond 1/(2nε)).
Measure condition_number(const std::optional<Matrix>& matrix, const char* what) {
  if (!matrix) return Measure::undecided(fmt::format("{} is not in the file", what));
  if (matrix->rows() != matrix->cols()) return Measure::not_defined(fmt::format("{} is not square", what));
  if (!matrix->allFinite())
    return Measure::not_defined(fmt::format("{} has a weight that is not finite", what));
  const std::vector<double> sigma = singular_values(*matrix);
  if (sigma.empty()) return Measure::undecided(fmt::format("LAPACK did not converge on {}", what));
  const double n = static_cast<double>(matrix->rows()), epsilon = std::numeric_limits<double>::epsilon();
  const double largest = sigma.front(), smallest = sigma.back(), floor = n * epsilon * largest;
  if (smallest <= 2 * floor)
    return Measure::undecided(fmt::format("{} is singular to working precision", what));
  const double condition = largest / smallest;
  return {condition, Status::numerical, condition * (floor / (smallest - floor) + n * epsilon),
          "singular values"};
}

/// −multiplicity·ΣN over the operators that enter, or why there is no number.
Measure total_index(std::span<const OperatorReport* const> operators, std::size_t multiplicity) {
  std::int64_t sum = 0;
  for (const OperatorReport* report : operators) {
    if (report->winding.status == IndexStatus::not_fredholm)
      return Measure::not_defined("not Fredholm: " + report->layer.name + ": " + report->winding.reason);
    if (report->winding.status == IndexStatus::undecided)
      return Measure::undecided(report->layer.name + ": " + report->winding.reason);
    sum += report->winding.number;
  }
  return {-static_cast<double>(multiplicity) * static_cast<double>(sum), Status::certified, 0,
          "sum of certified winding numbers"};
}

LayerIndex index_of_block(std::span<const OperatorReport* const> operators, const model::StateDict& weights,
                          const model::Architecture& architecture) {
  const std::size_t embedding = architecture.embedding;
  const model::LayerOperator& first = operators.front()->layer;
  LayerIndex layer{first.part, first.block, operators.size(), {}, {}, {}};
  layer.condition_input = layer.condition_output = Measure::not_defined("no projections");
  if (!first.head) {
    // Flat, or a kernel whose last row alone is the diagonal.
    layer.index = total_index(operators.last(1), embedding);
    return layer;
  }
  if (!architecture.form.projections) {
    layer.index = total_index(operators, embedding / operators.size());
    return layer;
  }
  const model::BlockNames names = model::family_of(architecture).parameter_names(architecture).block;
  const std::string prefix = fmt::format("{}.{}.{}", first.part, first.block, names.mixing);
  layer.condition_input =
      condition_number(stacked_projection(weights, prefix, names), "the stacked input projection");
  layer.condition_output = condition_number(matrix_of(weights, fmt::format("{}{}.weight", prefix, names.out)),
                                            "the output projection");
  layer.index = total_index(operators, embedding / operators.size());
  for (const Measure* condition : {&layer.condition_input, &layer.condition_output})
    if (condition->status != Status::numerical && layer.index.status == Status::certified)
      layer.index = Measure::undecided(condition->method);
  if (layer.index.status == Status::certified) {
    // The winding numbers are proven; that O and P are invertible rests on double-precision singular values.
    layer.index.status = Status::numerical;
    layer.index.method += "; projections invertible numerically";
  }
  return layer;
}

}  // namespace

std::vector<LayerIndex> layer_indices(std::span<const OperatorReport> reports,
                                      const model::StateDict& weights,
                                      const model::Architecture& architecture) {
  std::vector<LayerIndex> layers;
  if (architecture.embedding == 0) return layers;
  for (std::size_t i = 0; i < reports.size();) {
    std::vector<const OperatorReport*> block;
    const model::LayerOperator& first = reports[i].layer;
    for (; i < reports.size() && reports[i].layer.part == first.part && reports[i].layer.block == first.block;
         ++i)
      block.push_back(&reports[i]);
    const bool own = model::has_own_blocks(architecture, first.part);
    if (architecture.mixing == model::TokenMixing::averages && !own) continue;  // several of one channel
    if (first.stage || first.kind != model::OperatorKind::toeplitz) continue;
    LayerIndex layer = index_of_block(block, weights, architecture);
    for (Measure* measure : {&layer.index, &layer.condition_input, &layer.condition_output})
      *measure = measure->settled();
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace tmm::analysis
