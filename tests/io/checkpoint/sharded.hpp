// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/checkpoint/safetensors_writer.hpp"
#include "io/checkpoint/tensor_source.hpp"

namespace tmm::test {

/// The tensors of a checkpoint dealt out to model-1.safetensors and model-2.safetensors in `folder`; returns
/// the path of their index.
inline std::string write_shards(const std::string& checkpoint, const std::filesystem::path& folder) {
  const auto source = io::open_checkpoint(checkpoint);
  nlohmann::json map;
  std::size_t number = 0;
  std::vector<io::DatasetInfo> parts[2];
  for (const auto& [name, info] : source->datasets()) {
    parts[number % 2].push_back(info);
    parts[number % 2].back().path = name;
    map[name] = "model-" + std::to_string(number++ % 2 + 1) + ".safetensors";
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string shard = (folder / ("model-" + std::to_string(i + 1) + ".safetensors")).string();
    io::SafetensorsWriter writer(shard, checkpoint, parts[i], {});
    for (const io::DatasetInfo& info : writer.order()) {
      std::vector<std::byte> values(info.bytes());
      source->read({&source->datasets().at(info.path), 1}, [&](std::size_t) { return std::span(values); });
      writer.write(values);
    }
    writer.finish(true);
  }
  const std::string index = (folder / "model.safetensors.index.json").string();
  std::ofstream(index) << nlohmann::json{{"metadata", {{"total_size", 0}}}, {"weight_map", map}};
  return index;
}

}  // namespace tmm::test
