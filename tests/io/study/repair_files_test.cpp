// SPDX-License-Identifier: MIT
#include "io/study/repair_files.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_writer.hpp"
#include "io/checkpoint/sharded.hpp"
#include "io/files/half.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/report/repair_report.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using analysis::IndexStatus, analysis::RepairTarget;
using Catch::Contains;
using Kind = RepairTarget::Kind;
using test::TemporaryFolder;

namespace {

using Bytes = std::vector<std::byte>;

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";

/// Name in the file → bytes of every array.
std::map<std::string, Bytes> everything(const std::string& path) {
  const auto source = io::open_checkpoint(path);
  std::map<std::string, Bytes> found;
  for (const auto& [name, info] : source->datasets()) {
    Bytes& bytes = found[info.path];
    source->read({&info, 1}, [&, size = info.bytes()](std::size_t) {
      bytes.resize(size);
      return std::span(bytes);
    });
  }
  return found;
}

struct Repaired {
  std::vector<io::RepairedLayer> layers;
  std::string file;
};

Repaired repaired(const std::string& input, const std::string& output, const RepairTarget& target,
                  const std::string& layers = "") {
  const auto source = io::open_checkpoint(input);
  Repaired result{io::repair_layers(*source, {layers, target, {}, 2}), output};
  io::copy_checkpoint(*source, output, true, io::repaired_arrays(*source, result.layers),
                      {{"repaired", analysis::name(target)}});
  return result;
}

std::string write_network(const std::string& path, const std::string& variant, io::Element element,
                          std::size_t size) {
  const auto state = test::random_state(variant);
  std::vector<io::DatasetInfo> infos;
  for (const auto& [name, tensor] : state.tensors())
    infos.push_back({name, tensor.info.shape, element, size, io::type_name(element, size)});
  io::SafetensorsWriter writer(path, path, infos, {{"objective", "clm"}, {"note", "kept"}});
  for (const io::DatasetInfo& info : writer.order()) {
    Bytes bytes;
    for (const double x : state.at(info.path).as_double()) {
      const auto append = [&](auto number) {
        const auto* first = reinterpret_cast<const std::byte*>(&number);
        bytes.insert(bytes.end(), first, first + sizeof number);
      };
      if (element == io::Element::float16)
        append(io::to_float16(x));
      else if (element == io::Element::bfloat16)
        append(io::to_bfloat16(x));
      else if (size == 4)
        append(static_cast<float>(x));
      else
        append(x);
    }
    writer.write(bytes);
  }
  writer.finish(true);
  return path;
}

}  // namespace

TEST_CASE("repair writes the chosen rows, and every other bit as it was, in every type, format and variant") {
  const TemporaryFolder folder;
  using io::Element;
  for (const char* variant : {"flat", "kernel", "heads", "expanded", "parallel_heads"})
    for (const auto& [element, size] : std::vector<std::pair<Element, std::size_t>>{
             {Element::float16, 2}, {Element::bfloat16, 2}, {Element::float32, 4}, {Element::float64, 8}}) {
      CAPTURE(variant, size);
      const std::string input = write_network(folder.file("in"), variant, element, size);
      const auto before = everything(input);
      const auto done = repaired(input, folder.file("out"), {Kind::minimum_phase}, "1");
      const auto after = everything(done.file);
      const auto header = io::read_header(done.file);
      CHECK(header.format == "safetensors");
      CHECK(header.attributes.at("note") == "kept");
      CHECK(header.attributes.at("repaired") == "minimum-phase");
      REQUIRE(after.size() == before.size());
      std::map<std::string, std::set<std::size_t>> rows;  // of tensor → that may differ
      for (const auto& layer : done.layers) {
        CHECK(layer.layer.block == 1);
        const std::size_t bracket = layer.layer.name.find('[');
        rows[layer.layer.name.substr(0, bracket)].insert(
            bracket == std::string::npos ? 0 : std::stoul(layer.layer.name.substr(bracket + 1)));
      }
      for (const auto& [name, bytes] : before) {
        if (!rows.contains(name)) CHECK(after.at(name) == bytes);
        CHECK(after.at(name).size() == bytes.size());
      }
      // Read back, the operators are those that were promised, and have the index that was certified.
      const auto read = model::toeplitz_layers(io::read_checkpoint(done.file));
      for (const auto& layer : done.layers) {
        const auto found = std::find_if(read.begin(), read.end(),
                                        [&](const auto& other) { return other.name == layer.layer.name; });
        REQUIRE(found != read.end());
        CHECK(found->taps == layer.stored);
        const auto index = analysis::winding_number(found->taps);
        CHECK(index.status == layer.after.status);
        CHECK(index.number == layer.after.number);
        CHECK(layer.modulus_error <= layer.rounding + 1e-12);
        if (size >= 4) CHECK(index.number == 0);
      }
    }
}

TEST_CASE("repair keeps HDF5 as HDF5, names with their wrappers, and shards as one file") {
  const TemporaryFolder folder;
  {
    io::ArrayWriter writer(folder.file("wrapped.h5"));
    const auto state = test::random_state("flat");
    for (const auto& [name, tensor] : state.tensors())
      writer.dataset("module/" + name, tensor.info.shape, tensor.as_double());
    writer.finish();
  }
  const auto wrapped = repaired(folder.file("wrapped.h5"), folder.file("out.h5"), {Kind::minimum_phase});
  CHECK(io::read_header(wrapped.file).format == "HDF5");
  for (const auto& [name, bytes] : everything(wrapped.file)) CHECK(name.starts_with("module"));
  const std::string shards = test::write_shards(clm, folder.path());
  const auto whole = repaired(shards, folder.file("whole.safetensors"), {Kind::maximum_phase}, "2");
  CHECK(io::read_header(whole.file).format == "safetensors");
  CHECK(everything(whole.file).size() == everything(clm).size());
}

TEST_CASE("a network in which there is nothing to repair comes back bit for bit") {
  const TemporaryFolder folder;
  const auto once = repaired(clm, folder.file("once.h5"), {Kind::minimum_phase});
  const auto twice = repaired(once.file, folder.file("twice.h5"), {Kind::minimum_phase});
  CHECK(
      std::any_of(once.layers.begin(), once.layers.end(), [](const auto& layer) { return layer.changed(); }));
  for (const auto& layer : once.layers) {
    CHECK(layer.after.status == IndexStatus::certified);
    CHECK(layer.after.number == 0);
  }
  for (const auto& layer : twice.layers) CHECK_FALSE(layer.changed());
  CHECK(everything(twice.file) == everything(once.file));
}

TEST_CASE("repaired trained layers keep the modulus of their symbol to the precision they are stored in") {
  for (const char* file : {"clm_flat.h5", "copy_flat.h5", "clm_h4.h5"}) {
    const std::string path = test::shared_file(std::string("checkpoints/") + file);
    if (path.empty()) {
      WARN("skipped: the reference material is not here");
      return;
    }
    const auto source = io::open_checkpoint(path);
    for (const auto& layer : io::repair_layers(*source, {"", {Kind::minimum_phase}, {}, 2})) {
      CAPTURE(file, layer.layer.name);
      CHECK(layer.after.status == IndexStatus::certified);
      CHECK(layer.after.number == 0);
      CHECK(layer.modulus_error < 1e-6);
      CHECK(layer.repair.reflection.modulus_error < 1e-12);
      // The proven distance of 0 from the curve is that of before, but for rounding.
      CHECK(std::fabs(layer.after.margin - layer.repair.before.margin) <=
            1.1e-3 * layer.repair.before.margin + 1e-6 * layer.repair.before.margin_upper);
    }
  }
}

TEST_CASE("losses of repaired networks are those of the written files") {
  const TemporaryFolder folder;
  const std::string input = write_network(folder.file("in"), "flat", io::Element::float32, 4);
  const auto source = io::open_checkpoint(input);
  const auto state = io::read_checkpoint(*source);
  const auto layers = io::repair_layers(*source, {"", {Kind::minimum_phase}, {}, 1});
  REQUIRE(layers.size() >= 2);
  const auto architecture = model::load_network<float>(state).architecture;
  io::Tokens tokens;
  for (std::size_t i = 0; i < 6 * architecture.context; ++i)
    tokens.ids.push_back(static_cast<std::int32_t>((i * i + 3 * i) % architecture.vocabulary));
  const auto set = io::cut_sequences(tokens, architecture, model::Objective::clm);
  io::LossRequest request;
  request.sequences = set.count();
  request.float64 = true;
  std::size_t calls = 0, total = 0;
  const auto effects =
      io::repair_effects(state, layers, set, request, [&](std::size_t done, std::size_t all) {
        CHECK(done == ++calls);
        total = all;
      });
  CHECK(calls == total);
  REQUIRE(effects.layers.size() == layers.size() + 1);
  CHECK(effects.layers.back().layer.empty());
  io::copy_checkpoint(*source, folder.file("out"), false, io::repaired_arrays(*source, layers), {});
  const auto written = io::repair_effects(io::read_checkpoint(folder.file("out")), {}, set, request);
  CHECK(written.loss == effects.layers.back().loss);
  CHECK(effects.layers.back().difference == effects.layers.back().loss - effects.loss);
  CHECK(effects.layers.back().standard_error > 0);
  CHECK(effects.loss != effects.layers.front().loss);
}

TEST_CASE("what is not stored as taps cannot be repaired, and is named") {
  const std::string path = test::shared_file("families/e010_nomean_clm_s1.safetensors");
  if (path.empty()) {
    WARN("skipped: the reference material is not here");
    return;
  }
  const auto source = io::open_checkpoint(path);
  CHECK_THROWS_WITH(io::repair_layers(*source, {"", {}, {}, 1}), Contains("not what is stored"));
  const auto plain = io::open_checkpoint(clm);
  CHECK_THROWS_WITH(io::repair_layers(*plain, {"99", {}, {}, 1}), Contains("99"));
  CHECK_THROWS_WITH(io::repair_layers(*plain, {"0", {Kind::index, 1000}, {}, 1}), Contains("at most 255"));
}
