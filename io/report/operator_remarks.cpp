// SPDX-License-Identifier: MIT
#include "io/report/operator_remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "model/checkpoint/families/families.hpp"

namespace tmm::io {
namespace {

constexpr const char* divided =
    "the layer applies diag(1/c) T: index, zeros and spectrum are those of T, row_divided_... those of the "
    "product";
constexpr const char* dense =
    "a dense causal matrix, not Toeplitz: it has no index; nearest_toeplitz_... is of the Toeplitz matrix of "
    "the means along its diagonals, not of the layer";

/// Two digits, rounded up.
std::string upward(double error) {
  if (error == 0) return "0";
  const double unit = std::pow(10.0, std::floor(std::log10(error)) - 1);
  for (double digits = std::ceil(error / unit);; ++digits) {
    std::string text = fmt::format("{:.1e}", digits * unit);
    if (std::stod(text) >= error || !std::isnormal(error)) return text;
  }
}

std::string derived(const std::string& derivation, double error) {
  return fmt::format("derived: {}, taps within {}", derivation, upward(error));
}

}  // namespace

std::vector<std::string> operator_remarks(const model::LayerOperator& layer) {
  std::vector<std::string> remarks;
  if (!layer.derivation.empty()) remarks.push_back(derived(layer.derivation, layer.tap_error_l1));
  if (!layer.row_divisor.empty()) remarks.emplace_back(divided);
  if (layer.kind == model::OperatorKind::dense_causal) remarks.emplace_back(dense);
  return remarks;
}

std::vector<std::string> model_remarks(const ModelReport& model) {
  std::map<std::string, std::pair<std::size_t, double>> derivations;
  std::size_t rows_divided = 0, matrices = 0;
  for (const analysis::OperatorReport& report : model.operators) {
    const model::LayerOperator& layer = report.layer;
    if (!layer.derivation.empty()) {
      auto& [count, error] = derivations[layer.derivation];
      ++count, error = std::fmax(error, layer.tap_error_l1);
    }
    rows_divided += layer.row_divisor.empty() ? 0 : 1;
    matrices += layer.kind == model::OperatorKind::dense_causal ? 1 : 0;
  }
  const auto about = [&](std::size_t count, const std::string& remark) {
    return count == model.operators.size()
               ? remark
               : fmt::format("{} of {} operators: {}", count, model.operators.size(), remark);
  };
  std::vector<std::string> remarks;
  for (const auto& [derivation, found] : derivations)
    remarks.push_back(about(found.first, derived(derivation, found.second)));
  if (rows_divided > 0) remarks.push_back(about(rows_divided, divided));
  if (matrices > 0) remarks.push_back(about(matrices, dense));
  return remarks;
}

bool starts_half_inside(const AnalysisReport& report, const ModelReport& model) {
  return !report.taps && std::ranges::none_of(model::families(), [&](const model::Family* family) {
    return !family->starts_half_inside() && family->name() == model.family;
  });
}

}  // namespace tmm::io
