// SPDX-License-Identifier: MIT
// Every form in which users store checkpoints, and the real ones.
#include "io/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numeric>

#include "io/files/half.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "support.hpp"

using namespace tmm;
using model::DType, model::TokenMixing;
using test::RawFile, test::TemporaryFolder, test::toeplitz_weight;

namespace {

const std::vector<float> taps{1.5F, -2, 0.25F, 3e-5F};

std::vector<double> read_taps(const std::string& path) {
  const auto layers = model::toeplitz_layers(io::read_checkpoint(path, io::Selection::toeplitz));
  REQUIRE(layers.size() == 1);
  return layers[0].taps;
}

}  // namespace

TEST_CASE("names: dots or groups, with or without wrapper prefixes") {
  const std::string name = GENERATE(
      "mixer_blocks.0.token_mixing_layer.weight", "mixer_blocks/0/token_mixing_layer/weight",
      "mixer_blocks.0/token_mixing_layer.weight", "_orig_mod.mixer_blocks.0.token_mixing_layer.weight",
      "module.mixer_blocks.0.token_mixing_layer.weight",
      "module._orig_mod.mixer_blocks.0.token_mixing_layer.weight",
      "_orig_mod.module.mixer_blocks.0.token_mixing_layer.weight",
      "module/mixer_blocks/0/token_mixing_layer/weight");
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile(path).floats(name, {1, 4}, taps);
  const auto header = io::read_header(path);
  REQUIRE(header.tensors.size() == 1);
  CHECK(header.tensors[0].name == toeplitz_weight);
  CHECK(header.tensors[0].shape == std::vector<std::size_t>{1, 4});
  CHECK(read_taps(path) == std::vector<double>(taps.begin(), taps.end()));
}

TEST_CASE("storage: byte order, chunks and filters change nothing") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  hid_t type = H5T_IEEE_F32LE;
  const hsize_t chunk[] = {1, 3};
  SECTION("big-endian") {
    type = H5T_IEEE_F32BE;
  }
  SECTION("compact") {
    H5Pset_layout(plan, H5D_COMPACT);
  }
  SECTION("chunked") {
    H5Pset_chunk(plan, 2, chunk);
  }
  SECTION("gzip, shuffle, fletcher32, big-endian") {
    H5Pset_chunk(plan, 2, chunk);
    H5Pset_shuffle(plan);
    H5Pset_deflate(plan, 9);
    H5Pset_fletcher32(plan);
    type = H5T_IEEE_F32BE;
  }
  RawFile(path).floats(toeplitz_weight, {1, 4}, taps, type, plan);
  H5Pclose(plan);
  CHECK(read_taps(path) == std::vector<double>(taps.begin(), taps.end()));
}

TEST_CASE("gzip of a long constant tensor, near the limit of what deflate can do") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[] = {1, 1U << 20U};
  H5Pset_chunk(plan, 2, chunk);
  H5Pset_deflate(plan, 9);
  RawFile(path).floats(toeplitz_weight, {1, 1U << 20U}, std::vector<float>(1U << 20U, 1), H5T_IEEE_F32LE,
                       plan);
  H5Pclose(plan);
  CHECK(read_taps(path) == std::vector<double>(1U << 20U, 1.0));
}

TEST_CASE("float64 keeps every bit, in both byte orders") {
  const bool big = GENERATE(false, true);
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const std::vector<double> values{1.0 / 3.0, -5e-324, 1.7e308};
  RawFile(path).dataset(toeplitz_weight, {1, 3}, big ? H5T_IEEE_F64BE : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                        values.data());
  CHECK(io::read_header(path).tensors[0].dtype == DType::float64);
  CHECK(read_taps(path) == values);
}

TEST_CASE("float16: all 63488 finite patterns are exact") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  std::vector<std::uint16_t> bits;
  for (std::uint32_t b = 0; b < 65536; ++b)
    if (((b >> 10U) & 31U) != 31U) bits.push_back(static_cast<std::uint16_t>(b));
  const hid_t half = H5Tcopy(H5T_IEEE_F32LE);  // as h5py builds it
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  H5Tset_ebias(half, 15);
  const hid_t stored = H5Tcopy(half);
  H5Tset_order(stored, GENERATE(H5T_ORDER_LE, H5T_ORDER_BE));
  RawFile(path).dataset(toeplitz_weight, {1, bits.size()}, stored, half, bits.data());
  H5Tclose(half);
  H5Tclose(stored);
  CHECK(io::read_header(path).tensors[0].dtype == DType::float16);
  const auto values = read_taps(path);
  REQUIRE(values.size() == bits.size());
  const auto value_of = [&](std::uint16_t b) {
    return values[static_cast<std::size_t>(std::find(bits.begin(), bits.end(), b) - bits.begin())];
  };
  CHECK(value_of(0x3C00) == 1);
  CHECK(value_of(0x3555) == 0.333251953125);
  CHECK(value_of(0x7BFF) == 65504);
  CHECK(value_of(0x0001) == std::ldexp(1.0, -24));
  CHECK(value_of(0x83FF) == -1023 * std::ldexp(1.0, -24));
  // Positive patterns are in the order of their values, and negation flips the top bit: with the five values
  // above that leaves no room for a wrong one between neighbours of one binade.
  const auto half_count = static_cast<std::ptrdiff_t>(bits.size() / 2);
  CHECK(std::adjacent_find(values.begin(), values.begin() + half_count, std::greater_equal<>()) ==
        values.begin() + half_count);
  CHECK(std::equal(values.begin(), values.begin() + half_count, values.begin() + half_count,
                   [](double a, double b) { return a == -b; }));
  // HDF5's own conversion, by another route, agrees everywhere.
  CHECK(io::read_array<double>(path, toeplitz_weight).values == values);
}

TEST_CASE(
    "bfloat16 as uint16 bit patterns with a dtype attribute, fixed or variable-length, either byte order") {
  const bool big = GENERATE(false, true);
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const std::vector<std::uint16_t> bits{0x3F80, 0xC000, 0x3EAB, 0x0001, 0x7F7F};
  {
    RawFile file(path);
    const hid_t id = file.dataset(toeplitz_weight, {1, 5}, big ? H5T_STD_U16BE : H5T_STD_U16LE,
                                  H5T_NATIVE_UINT16, bits.data());
    RawFile::text_attribute(id, "dtype", "bfloat16", GENERATE(true, false));
  }
  CHECK(io::read_header(path).tensors[0].dtype == DType::bfloat16);
  CHECK(read_taps(path) ==
        std::vector<double>{1, -2, 0.333984375, std::ldexp(1.0, -133), std::ldexp(255.0, 120)});
}

TEST_CASE("infinities and NaN of the 16-bit types survive to the error that names them") {
  CHECK(std::isinf(io::from_float16(0xFC00)));
  CHECK(std::isnan(io::from_float16(0x7E00)));
  CHECK(std::isnan(io::from_bfloat16(0x7FC0)));
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  RawFile(path).floats(toeplitz_weight, {1, 2}, {1, NAN});
  CHECK_THROWS_WITH(read_taps(path),
                    Catch::Contains(path) && Catch::Contains(toeplitz_weight) && Catch::Contains("[0, 1]"));
}

TEST_CASE("datasets that are no float tensors are listed, root attributes read and bounded") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    file.floats(toeplitz_weight, {1, 4}, taps);
    const std::int64_t step = 7;
    file.dataset("step", {}, H5T_STD_I64LE, H5T_NATIVE_INT64, &step);
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 3);
    file.dataset("note", {}, text, text, "abc");
    H5Tclose(text);
    file.dataset("nothing", {0}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr);
    RawFile::text_attribute(file.id(), "objective", "copy");
    RawFile::text_attribute(file.id(), "long", std::string(100'000, 'x'));
    const hid_t space = H5Screate(H5S_SCALAR), number = H5Acreate2(file.id(), "training_steps", H5T_STD_I32BE,
                                                                   space, H5P_DEFAULT, H5P_DEFAULT);
    const int steps = 5300;
    H5Awrite(number, H5T_NATIVE_INT, &steps);
    H5Sclose(space);
  }
  const auto header = io::read_header(path);
  REQUIRE(header.ignored.size() == 2);
  CHECK(header.ignored[0].name == "note");
  CHECK(header.ignored[0].type == "string");
  CHECK(header.ignored[1].type == "int64");
  CHECK(header.attributes.at("objective") == "copy");
  CHECK(header.attributes.at("training_steps") == "5300");
  CHECK(header.attributes.at("long").size() == 100'000);
  CHECK(io::read_checkpoint(path).tensors().size() == 2);  // the empty one too
}

TEST_CASE("the same dataset under two names is two tensors: tied embeddings by a hard link") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  {
    RawFile file(path);
    file.floats("input_layer.weight", {2, 2}, taps);
    H5Lcreate_hard(file.id(), "input_layer.weight", file.id(), "output_layer.weight", H5P_DEFAULT,
                   H5P_DEFAULT);
  }
  const auto state = io::read_checkpoint(path);
  CHECK(state.at("output_layer.weight").as_float() == state.at("input_layer.weight").as_float());
}

TEST_CASE("with Selection::toeplitz nothing but Toeplitz weights and biases is read") {
  const std::string path = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
  const auto state = io::read_checkpoint(path, io::Selection::toeplitz);
  CHECK(state.tensors().size() == 16);
  CHECK(io::read_header(path).attributes.at("training_steps") == "5321");
  const TemporaryFolder folder;
  const std::string mixed = folder.file("m.h5");
  {
    RawFile file(mixed);
    file.floats(toeplitz_weight, {1, 4}, taps);
    file.floats("mixer_blocks.0.token_mixing_layer.bias", {4}, taps);
    file.dataset("wte.weight", {1U << 14U, 1U << 14U}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                 nullptr);  // 1 GB, never written
  }
  CHECK(io::read_checkpoint(mixed, io::Selection::toeplitz).tensors().size() == 2);
  CHECK_THROWS_WITH(io::read_checkpoint(mixed),
                    Catch::Contains("wte.weight") && Catch::Contains("never written"));
}

TEST_CASE("of a 1 GB file the header costs a few kilobytes, and so do its Toeplitz layers") {
  const auto bytes_read = [] {  // by this process so far, by its system calls
    std::ifstream stream("/proc/self/io");
    std::string label;
    std::int64_t count = -1;
    stream >> label >> count;
    return count;
  };
  if (bytes_read() < 0) {
    WARN("/proc/self/io is not here");
    return;
  }
  const TemporaryFolder folder;
  const std::string path = folder.file("m.h5");
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_alloc_time(plan, H5D_ALLOC_TIME_EARLY);  // a hole in the file: takes no room on disk
  H5Pset_fill_time(plan, H5D_FILL_TIME_NEVER);
  {
    RawFile file(path);
    file.floats(toeplitz_weight, {1, 4}, taps);
    file.dataset("input_layer.weight", {1U << 18U, 1U << 10U}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, nullptr,
                 plan);
  }
  H5Pclose(plan);
  const auto before = bytes_read();
  const auto header = io::read_header(path);
  CHECK(header.file_size > 1'000'000'000);
  CHECK(model::recognize(header.tensors, path).vocabulary == 1U << 18U);
  CHECK(read_taps(path).size() == 4);
  CHECK(bytes_read() - before < 100'000);
}

TEST_CASE("the real checkpoints and every variant of the reference are recognised with their sizes") {
  struct Known {
    const char* file;
    TokenMixing mixing;
    std::size_t n, d, v, blocks, heads, rows, operators;
  };
  constexpr auto flat = TokenMixing::flat, heads = TokenMixing::heads;
  const Known known[] = {
      {"checkpoints/ae_flat.h5", flat, 256, 128, 8000, 12, 1, 1, 12},
      {"checkpoints/clm_flat.h5", flat, 256, 128, 8000, 8, 1, 1, 8},
      {"checkpoints/clm_h4.h5", heads, 256, 128, 8000, 8, 4, 1, 32},
      {"checkpoints/copy_flat.h5", flat, 256, 128, 8000, 8, 1, 1, 8},
      {"checkpoints/copy_d512_n512_toeplitz_only.h5", flat, 512, 0, 0, 16, 1, 1, 16},
      {"reference/variants/flat.h5", flat, 24, 32, 40, 2, 1, 1, 2},
      {"reference/variants/tied.h5", flat, 24, 32, 40, 2, 1, 1, 2},
      {"reference/variants/heads.h5", heads, 24, 32, 40, 2, 4, 1, 8},
      {"reference/variants/expanded.h5", TokenMixing::expanded, 24, 32, 40, 2, 1, 1, 4},
      {"reference/variants/heads_expanded.h5", TokenMixing::heads_expanded, 24, 32, 40, 2, 2, 1, 8},
      {"reference/variants/kernel.h5", TokenMixing::kernel, 24, 32, 40, 2, 1, 3, 6},
      {"reference/variants/autoencoder.h5", flat, 24, 32, 40, 4, 1, 1, 4},
      {"reference/variants/autoencoder_heads.h5", heads, 24, 32, 40, 4, 4, 1, 16},
  };
  for (const Known& k : known) {
    const std::string path = test::shared_file(k.file);
    if (path.empty()) {
      WARN("reference material is not here: " << k.file);
      continue;
    }
    INFO(k.file);
    const auto header = io::read_header(path);
    const auto a = model::recognize(header.tensors, path);
    CHECK(a.mixing == k.mixing);
    CHECK(a.context == k.n);
    CHECK(a.embedding == k.d);
    CHECK(a.vocabulary == k.v);
    CHECK(a.hidden == 4 * k.d);
    CHECK(a.blocks() == k.blocks);
    CHECK(a.heads == k.heads);
    CHECK(a.kernel_rows == k.rows);
    CHECK(a.operators == k.operators);
    CHECK(a.missing.empty() == (k.d != 0));
    CHECK(a.unknown.empty());
    CHECK(model::toeplitz_layers(io::read_checkpoint(path, io::Selection::toeplitz)).size() == k.operators);
  }
}
