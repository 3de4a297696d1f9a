// SPDX-License-Identifier: MIT
#include "io/study/analyze_files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <stdexcept>

#include "io/checkpoint/memory_checkpoint.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using Catch::Contains;

namespace {

const std::string clm = std::string(TMM_SOURCE_DIR) + "/tests/data/clm_flat_toeplitz.h5";

/// The tensors of a file as arrays of this process, with another beginning of their names.
std::unique_ptr<io::TensorSource> in_memory(const std::string& file, const std::string& prefix = "") {
  std::vector<io::MemoryArray> arrays;
  const model::StateDict weights = io::read_checkpoint(file);
  for (const auto& [name, tensor] : weights.tensors()) {
    const auto& values = std::get<std::vector<float>>(tensor.values);
    arrays.push_back({{prefix + name, tensor.info.shape, io::Element::float32, 4, "float32"},
                      [values](std::span<std::byte> into) {
                        REQUIRE(into.size() == values.size() * sizeof(float));
                        std::memcpy(into.data(), values.data(), into.size());
                      }});
  }
  return io::memory_checkpoint(std::move(arrays));
}

io::AnalysisReport analyze_in_memory(const io::AnalysisRequest& request, const std::string& prefix = "") {
  std::vector<std::unique_ptr<io::TensorSource>> sources;
  sources.push_back(in_memory(clm, prefix));
  return io::analyze_sources(sources, request);
}

}  // namespace

TEST_CASE("study: arrays in memory are analysed as the file that holds them") {
  io::AnalysisRequest request;
  request.null_draws = 2;
  request.options.sections = {16};
  const std::vector<std::string> files{clm};
  io::AnalysisReport of_file = io::analyze_files(files, request);
  for (const char* prefix : {"", "module.", "_orig_mod."}) {
    io::AnalysisReport of_arrays = analyze_in_memory(request, prefix);
    REQUIRE(of_arrays.models.size() == 1);
    CHECK(of_arrays.models[0].file.empty());
    CHECK(of_arrays.models[0].sha256.size() == 64);
    for (auto* report : {&of_file, &of_arrays}) {
      report->models[0].file = report->models[0].sha256 = "";
      report->models[0].bytes = 0;
    }
    CHECK(io::report_json(of_arrays) == io::report_json(of_file));
  }
}

TEST_CASE("study: the identity of arrays in memory depends on each name and each value") {
  const auto one = [](const std::string& name, float value) {
    std::vector<io::MemoryArray> arrays;
    arrays.push_back({{name, {1}, io::Element::float32, 4, "float32"},
                      [value](std::span<std::byte> into) { std::memcpy(into.data(), &value, 4); }});
    return io::memory_checkpoint(std::move(arrays))->sha256();
  };
  CHECK(one("a", 1) == one("a", 1));
  CHECK(one("a", 1) != one("b", 1));
  CHECK(one("a", 1) != one("a", 2));
}

TEST_CASE("study: two arrays of one name, and Toeplitz weights that are no floats, are refused in memory") {
  const auto array = [](const std::string& name, io::Element element) {
    return io::MemoryArray{{name, {1}, element, 4, io::type_name(element, 4)}, [](std::span<std::byte>) {}};
  };
  std::vector<io::MemoryArray> twice{array("a", io::Element::float32), array("a", io::Element::float32)};
  CHECK_THROWS_WITH(io::memory_checkpoint(std::move(twice)), Contains("two arrays have one name"));
  std::vector<io::MemoryArray> integers{
      array("mixer_blocks.0.token_mixing_layer.weight", io::Element::signed_integer)};
  CHECK_THROWS_WITH(io::memory_checkpoint(std::move(integers)),
                    Contains("no floating-point numbers") || Contains("not floating-point numbers"));
}

TEST_CASE("study: what progress throws ends an analysis") {
  io::AnalysisRequest request;
  std::size_t calls = 0;
  request.threads = 1;
  request.progress = [&](const char* unit, std::size_t, std::size_t) {
    CHECK(std::string(unit) == "operators");
    if (++calls == 2) throw std::runtime_error("enough");
  };
  const std::vector<std::string> files{clm};
  CHECK_THROWS_WITH(io::analyze_files(files, request), "enough");
  CHECK(calls == 2);
}
