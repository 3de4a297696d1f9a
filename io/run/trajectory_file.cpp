// SPDX-License-Identifier: MIT
#include "io/run/trajectory_file.hpp"

#include <charconv>
#include <optional>
#include <span>

#include "io/hdf5/array_file.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/network/parameters.hpp"

namespace tmm::io {
namespace {

/// The step of "STEP/NAME".
std::optional<std::uint64_t> step_of(const std::string& path) {
  std::uint64_t step = 0;
  const auto slash = path.find('/');
  if (slash == std::string::npos || slash == 0) return std::nullopt;
  const auto [end, error] = std::from_chars(path.data(), path.data() + slash, step);
  if (error != std::errc() || end != path.data() + slash) return std::nullopt;
  return step;
}

}  // namespace

void TrajectoryFile::read(std::uint64_t last) {
  const InputFile file(path_);
  auto infos = hdf5::read_contents(file).datasets;
  std::erase_if(infos, [&](const DatasetInfo& info) {
    const auto step = step_of(info.path);
    if (!step || info.element != Element::float32)
      throw FormatError("not a trajectory of Toeplitz weights",
                        {path_, info.path, "STEP/NAME", info.type, ""});
    return *step > last;
  });
  std::vector<Weight> weights(infos.size());
  hdf5::read_values(file, infos, [&](std::size_t i) {
    weights[i].values.resize(infos[i].size());
    return std::as_writable_bytes(std::span(weights[i].values));
  });
  records_.clear();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    weights[i].name = infos[i].path.substr(infos[i].path.find('/') + 1);
    weights[i].shape = infos[i].shape;
    records_[*step_of(infos[i].path)].push_back(std::move(weights[i]));
  }
}

void TrajectoryFile::record(std::uint64_t step, const model::Tmm<float>& network) {
  auto& record = records_[step];
  record.clear();
  model::for_each_parameter(network,
                            [&](const std::string& tensor, const auto& shape, std::span<const float> values) {
                              if (model::is_operator_tensor(tensor))
                                record.push_back({tensor, shape, {values.begin(), values.end()}});
                            });
}

void TrajectoryFile::write() const {
  ArrayWriter file(path_);
  for (const auto& [step, record] : records_)
    for (const Weight& weight : record)
      file.dataset(std::to_string(step) + "/" + weight.name, weight.shape, weight.values);
  file.finish();
}

}  // namespace tmm::io
