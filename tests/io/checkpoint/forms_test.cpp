// SPDX-License-Identifier: MIT
// One network in the forms in which people save it, written by PyTorch and numpy.
#include <catch2/catch.hpp>
#include <cmath>

#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/tensor_values.hpp"
#include "io/files/half.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using test::TemporaryFolder, test::values_of;

namespace {

/// Path of a form: a copy in tests/data ("form_NAME") or the reference material; empty if it is not here.
std::string form(const std::string& name) {
  std::string copy = TMM_TEST_DATA "/form_";
  copy += name;
  return std::filesystem::exists(copy) ? copy : test::shared_file(std::string("forms/").append(name));
}

bool is_here(const std::string& path, const std::string& name) {
  if (path.empty()) WARN(name << ": the reference material is not here");
  return !path.empty();
}

}  // namespace

TEST_CASE("every form of one network holds the true values bit for bit") {
  const auto [name, truth] = GENERATE(table<std::string, std::string>({
      {"state_dict.bin", "truth"},
      {"plain_dict.pt", "truth"},
      {"legacy.pt", "truth"},
      {"parameters.pt", "truth"},
      {"transposed_strides.pt", "truth"},
      {"offset_views.pt", "offset_views_truth"},
      {"nanogpt_style.pt", "nested_truth"},
      {"lightning_style.ckpt", "nested_truth"},
      {"ddp_prefix.pt", "nested_truth"},
      {"compile_prefix.pt", "nested_truth"},
      {"hostile_global.pt", "nested_truth"},
      {"arrays.npz", "nested_truth"},
      {"accelerate/model.safetensors", "nested_truth"},
  }));
  const std::string path = form(name), expected = form(truth + ".safetensors");
  if (!is_here(path, name) || !is_here(expected, truth)) return;
  INFO(name);
  const auto values = values_of(expected);
  REQUIRE(values.size() == 22);
  CHECK(values_of(path) == values);
  CHECK(io::open_checkpoint(path)->sha256().size() == 64);
  // And in the forms that they are converted to.
  if (name == "accelerate/model.safetensors") return;
  const TemporaryFolder folder;
  for (const char* output : {"x.safetensors", "x.h5"}) {
    io::convert_checkpoint(path, folder.file(output), false);
    CHECK(values_of(folder.file(output)) == values);
  }
}

TEST_CASE("extras beside the tensors do not stop the load") {
  const std::string path = form("extras.pt"), truth = form("nested_truth.safetensors");
  if (!is_here(path, "extras.pt")) return;
  auto values = values_of(path);
  CHECK(std::get<0>(values.at("i64")) == "int64");
  values.erase("i64");
  CHECK(values == values_of(truth));
  CHECK(io::read_header(path).attributes ==
        std::map<std::string, std::string>{{"none", "None"}, {"step", "3"}});
}

TEST_CASE("values of 16 bits are those next to the true ones") {
  const auto [name, type, widen] = GENERATE(table<std::string, std::string, float (*)(std::uint16_t)>({
      {"f16.pt", "float16", io::from_float16},
      {"bf16.pt", "bfloat16", io::from_bfloat16},
  }));
  const std::string path = form(name);
  if (!is_here(path, name)) return;
  const auto rounded = values_of(path);
  const auto truth = io::read_checkpoint(form("truth.safetensors"));
  const auto state = io::read_checkpoint(path);
  REQUIRE(rounded.size() == 22);
  for (const auto& [tensor, value] : rounded) {
    CHECK(std::get<0>(value) == type);
    const std::vector<float> exact = truth.at(tensor).as_float(), read = state.at(tensor).as_float();
    const auto& bytes = std::get<2>(value);
    REQUIRE(bytes.size() == 2 * exact.size());
    bool nearest = true;
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const auto bits = static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[2 * i]) |
                                                   std::to_integer<unsigned>(bytes[2 * i + 1]) << 8U);
      const float error = std::abs(read[i] - exact[i]);
      nearest =
          nearest && widen(bits) == read[i] &&
          error <= std::abs(widen(static_cast<std::uint16_t>(bits + 1)) - exact[i]) &&
          (bits % 0x8000U == 0 || error <= std::abs(widen(static_cast<std::uint16_t>(bits - 1)) - exact[i]));
    }
    CHECK(nearest);
  }
}

TEST_CASE("forms without a network are refused by what they are") {
  const auto [name, what] = GENERATE(table<std::string, std::string>({
      {"optimizer.pt", "the state of an optimiser"},
      {"numpy_pickle.pkl", "a Python pickle of protocol 4"},
      {"dcp", "torch.distributed.checkpoint"},
  }));
  const std::string path = form(name);
  if (!is_here(path, name)) return;
  CHECK_THROWS_AS(io::read_header(path), Error);
  CHECK_THROWS_WITH(io::read_header(path), Contains(what) && Contains(path));
}

TEST_CASE("one array of numpy is called arr_0") {
  const std::string path = form("taps.npy"), truth = form("nested_truth.safetensors");
  if (!is_here(path, "taps.npy")) return;
  const auto values = values_of(path);
  REQUIRE(values.size() == 1);
  const auto weights = values_of(truth);
  CHECK((values.at("arr_0") == weights.at("mixer_blocks.0.token_mixing_layer.weight") ||
         values.at("arr_0") == weights.at("mixer_blocks.1.token_mixing_layer.weight")));
}

TEST_CASE("a file of the form before zip is refused where it is cut") {
  const std::string whole = test::read_text(form("legacy.pt"));
  const TemporaryFolder folder;
  for (std::size_t n = 14; n < whole.size(); n += 97) {
    INFO(n);
    std::ofstream(folder.file("x"), std::ios::binary) << whole.substr(0, n);
    CHECK_THROWS_AS(io::read_header(folder.file("x")), FormatError);
  }
  std::ofstream(folder.file("x"), std::ios::binary) << whole << "x";
  CHECK_THROWS_WITH(io::read_header(folder.file("x")), Contains("left over"));
}
