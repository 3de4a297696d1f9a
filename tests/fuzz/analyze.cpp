// SPDX-License-Identifier: MIT
// Any taps: up to 24 doubles of any bits. NaN and infinities are refused, all else gets an answer with a
// status.
#include <cmath>
#include <cstring>
#include <vector>

#include "analysis/analyze.hpp"
#include "input.hpp"
#include "model/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tmm::model::LayerOperator layer;
  layer.taps.resize(std::min<std::size_t>(size / sizeof(double), 24));
  if (layer.taps.empty()) return 0;
  std::memcpy(layer.taps.data(), data, layer.taps.size() * sizeof(double));
  bool finite = true;
  for (const double tap : layer.taps) finite = finite && std::isfinite(tap);
  try {
    tmm::analysis::analyze(layer);
    if (!finite) std::abort();
  } catch (const tmm::ArgumentError&) {
    if (finite) std::abort();
  }
  return 0;
}
