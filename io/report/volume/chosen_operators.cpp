// SPDX-License-Identifier: MIT
#include "io/report/volume/chosen_operators.hpp"

#include <vector>

#include "model/checkpoint/layer_selection.hpp"

namespace tmm::io {

void choose_operators(AnalysisReport& report, const std::string& layers, const std::string& source) {
  const model::LayerSelection selection(layers);
  if (selection.all()) return;
  std::vector<model::LayerOperator> all;  // without arrays: names decide
  for (const ModelReport& model : report.models)
    for (const analysis::OperatorReport& op : model.operators) {
      const model::LayerOperator& layer = op.layer;
      all.push_back(
          {layer.name, layer.part, layer.block, layer.head, layer.row, layer.stage, layer.dtype, {}});
    }
  static_cast<void>(selection.select(all, source));  // says which item matches nothing
  for (ModelReport& model : report.models) {
    std::erase_if(model.operators,
                  [&](const analysis::OperatorReport& op) { return !selection.chooses(op.layer); });
    model.layers.clear();
  }
  std::erase_if(report.models, [](const ModelReport& model) { return model.operators.empty(); });
  report.selection = layers;
}

}  // namespace tmm::io
