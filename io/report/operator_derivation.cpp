// SPDX-License-Identifier: MIT
#include "io/report/operator_derivation.hpp"

#include <string>
#include <vector>

#include "io/report/operator_remarks.hpp"

namespace tmm::io {
void append_derivation(JsonMembers& members, const model::LayerOperator& layer, bool arrays, int depth) {
  const auto array = [&](const char* name, const std::vector<double>& values) {
    if (!values.empty()) members.emplace_back(name, arrays ? json_list(values) : "null");
  };
  if (layer.kind == model::OperatorKind::dense_causal)
    members.emplace_back("kind", json_string("dense causal"));
  array("matrix", layer.matrix);
  if (!layer.derivation.empty()) members.emplace_back("derivation", json_string(layer.derivation));
  if (!layer.derivation.empty() || layer.tap_error_l1 > 0)
    members.emplace_back("tap_error_l1", json_number(layer.tap_error_l1));
  array("network_taps", layer.network_taps);
  array("row_divisor", layer.row_divisor);
  std::vector<std::string> remarks;
  for (const std::string& remark : operator_remarks(layer)) remarks.push_back(json_string(remark));
  if (!remarks.empty()) members.emplace_back("remarks", json_array(remarks, depth + 1));
}

void read_derivation(const JsonCursor& at, std::size_t n, model::LayerOperator& layer) {
  const auto array = [&](const char* name, std::size_t size, std::vector<double>& values) {
    if (!at.has(name)) return;
    at[name].each([&](const JsonCursor& number) { values.push_back(number.number()); });
    if (values.size() != size) at[name].fail(std::to_string(size) + " numbers");
  };
  if (at.has("kind")) {
    if (at["kind"].text() != "dense causal") at["kind"].fail("dense causal");
    if (n == 0 || n > 65536) at["n"].fail("1 to 65536 rows of a dense matrix");
    layer.kind = model::OperatorKind::dense_causal;
    array("matrix", n * n, layer.matrix);
    if (layer.matrix.empty()) at["kind"].fail("a matrix beside it");
  }
  if (at.has("derivation")) layer.derivation = at["derivation"].text();
  if (at.has("tap_error_l1")) layer.tap_error_l1 = at["tap_error_l1"].number();
  array("network_taps", n, layer.network_taps);
  array("row_divisor", n, layer.row_divisor);
}

}  // namespace tmm::io
