// SPDX-License-Identifier: MIT
#include "io/run/training_state.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/network/parameters.hpp"

namespace tmm::io {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::array<std::size_t, 1> counter_shape{4}, amount_shape{2};
constexpr const char* divided_rows = "mean_normalised";  // which no tensor says

void write_divided_rows(ArrayWriter& file, const model::Tmm<float>& network) {
  if (network.architecture.form.mean_normalised) file.attribute("/", divided_rows, "true");
}

void write_network(ArrayWriter& file, const std::string& group, const model::Tmm<float>& network,
                   const std::string& path) {
  model::for_each_parameter(
      network, [&](const std::string& tensor, const auto& shape, std::span<const float> values) {
        if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
          throw FormatError("training has come to numbers that are not finite; the last state is kept",
                            {path, group + "/" + tensor, "", "", "A smaller --learning-rate may help"});
        file.dataset(group + "/" + tensor, shape, values);
      });
}

/// Datasets of a state file, read at once: each opening of a file costs a process.
class StateFile {
 public:
  enum class Part { all, without_networks };

  explicit StateFile(const std::string& path, Part part = Part::all) : path_(path) {
    const InputFile file(path);
    const auto contents = hdf5::read_contents(file);
    infos_ = contents.datasets;
    divided_ = contents.attributes.contains(divided_rows);
    if (part == Part::without_networks)
      std::erase_if(infos_, [](const DatasetInfo& info) { return info.path.find('/') != std::string::npos; });
    values_.resize(infos_.size());
    hdf5::read_values(file, infos_, [&](std::size_t i) {
      values_[i].resize(infos_[i].bytes());
      return std::span(values_[i]);
    });
    for (std::size_t i = 0; i < infos_.size(); ++i) places_[infos_[i].path] = i;
  }

  /// Bytes of a dataset of this element type and size.
  [[nodiscard]] std::span<const std::byte> bytes(const std::string& name, Element element,
                                                 std::size_t size) const {
    const auto place = places_.find(name);
    if (place == places_.end())
      throw FormatError("not the state of a training run: this dataset is missing",
                        {path_, name, "", "", ""});
    const DatasetInfo& info = infos_[place->second];
    if (info.element != element || info.element_size != size)
      throw FormatError("not the state of a training run: wrong type",
                        {path_, name, type_name(element, size), info.type, ""});
    return values_[place->second];
  }

  template <class T, std::size_t count>
  [[nodiscard]] std::array<T, count> numbers(const std::string& name, Element element) const {
    const auto source = bytes(name, element, sizeof(T));
    std::array<T, count> result;
    if (source.size() != sizeof result)
      throw FormatError(
          "not the state of a training run: wrong size",
          {path_, name, std::to_string(count) + " numbers", std::to_string(source.size() / sizeof(T)), ""});
    std::copy(source.begin(), source.end(), std::as_writable_bytes(std::span(result)).begin());
    return result;
  }

  /// `context`: n, for layers of which no tensor says it.
  [[nodiscard]] model::Architecture architecture(std::size_t context) const {
    std::vector<model::TensorInfo> tensors;
    const std::string group = "parameters/";
    for (const DatasetInfo& info : infos_)
      if (info.path.starts_with(group))
        tensors.push_back({info.path.substr(group.size()), info.shape, model::DType::float32});
    model::Assumptions assumptions;
    if (context != 0) assumptions.context = model::Answer<std::size_t>{context, ""};
    if (divided_) assumptions.mean_normalised = model::Answer<bool>{true, "the state"};
    model::Architecture architecture = model::recognize(tensors, path_, assumptions);
    model::require_no_contradictions(architecture.contradictions, path_);
    if (!architecture.unknown.empty())
      throw FormatError("not the state of a training run: unknown dataset",
                        {path_, group + architecture.unknown.front(), "", "", ""});
    return architecture;
  }

  void fill(const std::string& group, model::Tmm<float>& network) const {
    model::for_each_parameter(network, [&](const std::string& tensor, const auto&, std::span<float> values) {
      const auto source = bytes(group + "/" + tensor, Element::float32, sizeof(float));
      if (source.size() != values.size_bytes())
        throw FormatError("wrong size", {path_, group + "/" + tensor, std::to_string(values.size()),
                                         std::to_string(source.size() / sizeof(float)), ""});
      std::copy(source.begin(), source.end(), std::as_writable_bytes(values).begin());
    });
  }

 private:
  std::string path_;
  bool divided_ = false;
  std::vector<DatasetInfo> infos_;
  std::vector<std::vector<std::byte>> values_;
  std::map<std::string, std::size_t> places_;
};

std::array<std::int64_t, 4> counters_of(const StateFile& file, const std::string& path) {
  const auto counters = file.numbers<std::int64_t, 4>("counters", Element::signed_integer);
  if (counters[0] != format_version)
    throw FormatError(
        "written by another version of this program",
        {path, "counters", "format " + std::to_string(format_version), std::to_string(counters[0]), ""});
  return counters;
}

std::string config_of(const StateFile& file) {
  std::string config;
  for (const std::byte b : file.bytes("config", Element::unsigned_integer, 1)) config += static_cast<char>(b);
  return config;
}

/// The line "context = N" of a configuration; 0 without one.
std::size_t context_of(const std::string& config) {
  constexpr std::string_view key = "\ncontext = ";
  const std::size_t at = config.find(key);
  std::size_t context = 0;
  if (at != std::string::npos)
    std::from_chars(config.data() + at + key.size(), config.data() + config.size(), context);
  return context;
}

}  // namespace

void write_training_state(const std::string& path, const model::TrainerState<float>& trainer,
                          const TrainingProgress& progress) {
  ArrayWriter file(path);
  write_network(file, "parameters", trainer.parameters, path);
  write_network(file, "first", trainer.optimiser.first, path);
  write_network(file, "second", trainer.optimiser.second, path);
  const std::array<std::int64_t, 4> counters{
      format_version, static_cast<std::int64_t>(trainer.optimiser.steps),
      static_cast<std::int64_t>(progress.loss_count), static_cast<std::int64_t>(progress.fingerprint)};
  file.dataset("counters", counter_shape, counters);
  const std::array<double, 2> amounts{progress.loss_sum, progress.seconds};
  file.dataset("amounts", amount_shape, amounts);
  const DatasetInfo text{"config", {progress.config.size()}, Element::unsigned_integer, 1, "uint8"};
  file.raw("config", text, std::as_bytes(std::span(progress.config)));
  file.attribute("/", "counters", "format version, step, steps since the last report, data fingerprint");
  file.attribute("/", "amounts", "sum of losses since the last report, seconds of training");
  write_divided_rows(file, trainer.parameters);
  file.finish();
}

TrainingState read_training_state(const std::string& path) {
  const StateFile file(path);
  const auto counters = counters_of(file, path);
  const std::string config = config_of(file);
  const model::Architecture architecture = file.architecture(context_of(config));
  TrainingState state{
      {model::zero_network<float>(architecture, path), model::AdamWState<float>(architecture)}, {}};
  file.fill("parameters", state.trainer.parameters);
  file.fill("first", state.trainer.optimiser.first);
  file.fill("second", state.trainer.optimiser.second);
  state.trainer.optimiser.steps = static_cast<std::uint64_t>(counters[1]);
  state.progress.loss_count = static_cast<std::uint64_t>(counters[2]);
  state.progress.fingerprint = static_cast<std::uint64_t>(counters[3]);
  const auto amounts = file.numbers<double, 2>("amounts", Element::float64);
  state.progress.loss_sum = amounts[0];
  state.progress.seconds = amounts[1];
  state.progress.config = config;
  return state;
}

TrainingRecord read_training_record(const std::string& path) {
  const StateFile file(path, StateFile::Part::without_networks);
  return {static_cast<std::uint64_t>(counters_of(file, path)[1]), config_of(file)};
}

void write_model(const std::string& path, const model::Tmm<float>& network, const std::string& objective,
                 std::uint64_t steps, const std::string& config) {
  ArrayWriter file(path);
  model::for_each_parameter(network,
                            [&](const std::string& tensor, const auto& shape, std::span<const float> values) {
                              file.dataset(tensor, shape, values);
                              // As PyTorch does: load_state_dict wants a shared parameter under both its
                              // names.
                              if (network.architecture.tied && tensor == "input_layer.weight")
                                file.dataset("output_layer.weight", shape, values);
                            });
  file.attribute("/", "objective", objective);
  file.attribute("/", "training_steps", static_cast<std::int64_t>(steps));
  file.attribute("/", "config", config);
  if (network.architecture.mixing == model::TokenMixing::attention &&
      !network.autoencoder())  // no tensor says n
    file.attribute("/", "context", static_cast<std::int64_t>(network.architecture.context));
  const model::NetworkForm& form = network.architecture.form;
  write_divided_rows(file, network);
  const bool last = form.code_from_end == 1, dense = form.decoder == model::DecoderMixing::dense;
  if (network.autoencoder() && (dense || !last))  // no tensor says which position is the code
    file.attribute("/", "clm_encoder", last ? "false" : "true");
  file.finish();
}

}  // namespace tmm::io
