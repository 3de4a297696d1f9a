// SPDX-License-Identifier: MIT
// What it costs to read a file of torch.save, in a zip archive behind a pickle: tmm::io::read_checkpoint of
// the same tensors as safetensors, both in the system's file cache, whole and header alone.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_writer.hpp"
#include "io/pickle/pickle_files.hpp"
#include "support.hpp"
#include "timing.hpp"

namespace {

using tmm::bench::require;
using tmm::test::le;

constexpr std::int64_t n = 4096, tensors = 16;  // n × n float32 each: 1.07 GB

std::string name_of(std::int64_t i) {
  return "tensor" + std::to_string(i);
}

void write_safetensors(const std::string& path, const std::vector<float>& values) {
  std::vector<tmm::io::DatasetInfo> infos;
  for (std::int64_t i = 0; i < tensors; ++i)
    infos.push_back({name_of(i), {n, n}, tmm::io::Element::float32, 4, "float32"});
  tmm::io::SafetensorsWriter writer(path, path, infos, {});
  for (std::int64_t i = 0; i < tensors; ++i) writer.write(std::as_bytes(std::span(values)));
  writer.finish(true);
}

struct Shape {
  std::string name;
  std::vector<std::int64_t> extents;  // two
};

/// An archive as torch.save writes it, piece by piece, every tensor with these values; nobody looks at the
/// checksums of its storages.
void write_archive(const std::string& path, const std::vector<Shape>& shapes,
                   const std::vector<float>& values) {
  namespace pickled = tmm::test::pickled;
  std::vector<std::pair<std::string, std::string>> items;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& extents = shapes[i].extents;
    const auto size = static_cast<std::int64_t>(values.size());
    items.emplace_back(shapes[i].name,
                       pickled::tensor(pickled::storage("FloatStorage", std::to_string(i), size), 0, extents,
                                       {extents[1], 1}));
  }
  std::ofstream file(path, std::ios::binary);
  std::string table;
  std::uint64_t at = 0;
  const auto add = [&](const std::string& name, const char* data, std::uint64_t size) {
    const std::string about = le(20, 2) + le(0, 4) + le(0, 2) + le(0x21, 2) + le(0, 4) + le(size, 4) +
                              le(size, 4) + le(name.size(), 2) + le(0, 2);
    file << "PK\x03\x04" << about << name;
    file.write(data, static_cast<std::streamsize>(size));
    table += "PK\x01\x02" + le(20, 2) + about + le(0, 10) + le(at, 4) + name;
    at += 30 + name.size() + size;
  };
  const std::string pickle = pickled::document(pickled::dictionary(items));
  add("archive/data.pkl", pickle.data(), pickle.size());
  for (std::size_t i = 0; i < shapes.size(); ++i)
    add("archive/data/" + std::to_string(i), reinterpret_cast<const char*>(values.data()), 4 * values.size());
  const std::uint64_t entries = shapes.size() + 1;
  file << table << "PK\x05\x06" << le(0, 4) << le(entries, 2) << le(entries, 2) << le(table.size(), 4)
       << le(at, 4) << le(0, 2);
  require(file.flush().good(), "the file cannot be written");
}

void write_torch(const std::string& path, const std::vector<float>& values) {
  std::vector<Shape> shapes;
  for (std::int64_t i = 0; i < tensors; ++i) shapes.push_back({name_of(i), {n, n}});
  write_archive(path, shapes, values);
}

template <class Work>
void measure(double& best, const Work& work) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  work();
  best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
}

void require_read(const std::string& path, const std::vector<float>& values) {
  const auto state = tmm::io::read_checkpoint(path);
  require(state.tensors().size() == tensors, "a tensor is missing");
  for (const auto& [name, tensor] : state.tensors())
    require(std::get<std::vector<float>>(tensor.values) == values, "tmm read something else");
}

/// What `tmm info` reads of a run's folder with this many checkpoints by step.
void measure_folder() {
  constexpr int checkpoints = 200, steps = 500;
  const tmm::test::TemporaryFolder folder;
  for (int i = 1; i <= checkpoints; ++i) {
    const auto step = folder.path() / ("checkpoint-" + std::to_string(steps * i));
    std::filesystem::create_directory(step);
    write_archive((step / "pytorch_model.bin").string(),
                  {{"mixer_blocks.0.token_mixing_layer.weight", {1, 512}},
                   {"mixer_blocks.1.token_mixing_layer.weight", {1, 512}}},
                  std::vector<float>(512, 0.5F));
  }
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 7; ++i)
    measure(best, [&] {
      const auto header = tmm::io::read_header(folder.path().string());
      require(header.tensors.size() == 2, "another checkpoint was read");
      require(header.path.find("checkpoint-" + std::to_string(checkpoints * steps)) != std::string::npos,
              "not the last checkpoint was read");
    });
  fmt::print("header of a folder of {} checkpoints: {:.4f} s (at most 1 s)\n", checkpoints, best);
  require(best < 1, "a folder of checkpoints takes longer than a second");
}

}  // namespace

int main() {
  const tmm::test::TemporaryFolder folder;
  const std::string safetensors = folder.file("model.safetensors"), torch = folder.file("model.pt");
  std::vector<float> values(n * n);
  std::mt19937 engine(1);
  std::normal_distribution<float> normal(0, 0.02F);
  for (float& x : values) x = normal(engine);
  write_safetensors(safetensors, values);
  write_torch(torch, values);
  require_read(safetensors, values);
  require_read(torch, values);
  double times[4];
  std::fill(std::begin(times), std::end(times), std::numeric_limits<double>::infinity());
  for (int i = 0; i < 7; ++i) {
    measure(times[0], [&] { (void)tmm::io::read_checkpoint(safetensors); });
    measure(times[1], [&] { (void)tmm::io::read_checkpoint(torch); });
    measure(times[2], [&] { (void)tmm::io::read_header(safetensors); });
    measure(times[3], [&] { (void)tmm::io::read_header(torch); });
  }
  fmt::print("loading torch.save, 1.07 GB: best of 7, in turn\n{:<12} {:>16} {:>16} {:>6}\n", "",
             "safetensors [s]", "torch.save [s]", "ratio");
  fmt::print("{:<12} {:>16.4f} {:>16.4f} {:>6.2f}\n", "all values", times[0], times[1], times[1] / times[0]);
  fmt::print("{:<12} {:>16.4f} {:>16.4f} {:>6.2f}\n", "header", times[2], times[3], times[3] / times[2]);
  measure_folder();
}
