// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_files.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::bytes_of, test::entry, test::safetensors, test::TemporaryFolder, test::toeplitz_weight,
    test::write_bytes;

namespace {

/// One tensor of four floats, its header as given.
std::string four_floats(const std::string& header) {
  return safetensors(header, bytes_of<float>({1, 2, 3, 4}));
}

const std::string good = entry("F32", "[1,4]", "0", "16");

}  // namespace

TEST_CASE("safetensors: all float types are exact, whatever the file is called") {
  const TemporaryFolder folder;
  const std::string path = folder.file("odd name.bin");
  const std::string header =
      "{\"__metadata__\":{\"format\":\"pt\",\"objective\":\"copy\"},"
      "\"b\":" +
      entry("BF16", "[3]", "16", "22") + ",\"h\":" + entry("F16", "[2]", "22", "26") +
      ",\"w\":" + entry("F32", "[2,2]", "0", "16") + ",\"steps\":" + entry("I64", "[]", "34", "42") +
      ",\"d\":" + entry("F64", "[1]", "26", "34") + ",\"none\":" + entry("F32", "[0,5]", "34", "34") + "}   ";
  write_bytes(path, safetensors(header, bytes_of<float>({1, -0.0F, 1e-45F, std::nanf("")}) +
                                            bytes_of<std::uint16_t>({0x3f80, 0xff80, 0x0001}) +
                                            bytes_of<std::uint16_t>({0x3c00, 0x0001}) +
                                            bytes_of<double>({1.0 / 3.0}) + bytes_of<std::int64_t>({7})));
  const auto info = io::read_header(path);
  CHECK(info.format == "safetensors");
  CHECK(info.attributes.at("objective") == "copy");
  REQUIRE(info.ignored.size() == 1);
  CHECK(info.ignored[0].type == "int64");
  const auto state = io::read_checkpoint(path);
  const auto w = state.at("w").as_float();
  CHECK((w[0] == 1 && std::signbit(w[1]) && w[2] == 1e-45F && std::isnan(w[3])));
  CHECK(state.at("b").as_float() == std::vector<float>{1, -HUGE_VALF, std::ldexp(1.0F, -133)});
  CHECK(state.at("h").as_float() == std::vector<float>{1, std::ldexp(1.0F, -24)});
  CHECK(state.at("d").as_double() == std::vector<double>{1.0 / 3.0});
  CHECK(state.at("none").info.shape == std::vector<std::size_t>{0, 5});
  CHECK(state.at("b").info.dtype == model::DType::bfloat16);
}

TEST_CASE("safetensors: wrapper prefixes are taken off, two names that become one are an error") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  write_bytes(path, four_floats("{\"module._orig_mod." + toeplitz_weight + "\":" + good + "}"));
  CHECK(io::read_checkpoint(path, io::Selection::toeplitz).at(toeplitz_weight).as_float()[3] == 4);
  write_bytes(path, four_floats("{\"module.x\":" + entry("F32", "[2]", "0", "8") +
                                ",\"x\":" + entry("F32", "[2]", "8", "16") + "}"));
  CHECK_THROWS_WITH(io::read_header(path), Contains("two datasets are one tensor"));
}

TEST_CASE(
    "safetensors: the container of all blocks comes off and is told, a selection refuses contradictions") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  write_bytes(path, four_floats("{\"model.net._orig_mod." + toeplitz_weight + "\":" + good + "}"));
  const auto header = io::read_header(path);
  CHECK(header.container == "model.net.");
  CHECK(header.wrappers == std::set<std::string>{"_orig_mod."});
  CHECK(io::read_checkpoint(path, io::Selection::toeplitz).at(toeplitz_weight).as_float()[3] == 4);

  const std::string unread = "mixer_blocks.0.token_mixing_layer.weight_scale";
  for (const auto& [type, size] : {std::pair{"F32", 4}, std::pair{"F8_E4M3", 1}}) {  // read, and only listed
    const std::string end = std::to_string(16 + size);
    write_bytes(
        path, safetensors("{\"" + toeplitz_weight + "\":" + good + ",\"" + unread +
                              "\":" + entry(type, "[1]", "16", end) + "}",
                          bytes_of<float>({1, 2, 3, 4}) + std::string(static_cast<std::size_t>(size), '\0')));
    for (const auto selection : {io::Selection::toeplitz, io::Selection::token_mixing})
      CHECK_THROWS_WITH(io::read_checkpoint(path, selection), Contains(path) && Contains(unread));
    CHECK_NOTHROW(io::read_checkpoint(path, io::Selection::toeplitz, model::Contradictions::assume_toeplitz));
    CHECK(io::recognize_header(io::read_header(path)).contradictions.size() == 1);
  }
}

TEST_CASE("safetensors: a header length that cannot be is refused before anything is allocated") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  const std::string header = "{\"x\":" + good + "}";
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{1} << 63U,
        std::uint64_t{header.size() + 17}, std::uint64_t{100'000'001}}) {
    INFO(length);
    write_bytes(path, safetensors(header, bytes_of<float>({1, 2, 3, 4}), length));
    CHECK_THROWS_AS(io::read_header(path), FormatError);
  }
  const std::string whole = four_floats(header);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    write_bytes(path, whole.substr(0, length));
    CHECK_THROWS_AS(io::read_header(path), FormatError);
  }
}

TEST_CASE(
    "safetensors: metadata null and any white space behind the JSON, as the reference reader takes them") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  for (const char* metadata : {"\"__metadata__\":null,", "\"__metadata__\":{},", ""})
    for (const char* padding : {"", "\n", " \t\r\n", "   \n   "}) {
      write_bytes(path, four_floats(std::string("{") + metadata + "\"x\":" + good + "}" + padding));
      CHECK(io::read_header(path).attributes.empty());
      CHECK(io::read_checkpoint(path).at("x").as_float()[3] == 4);
    }
  write_bytes(path, four_floats("{\"x\":" + good + ",\"__metadata__\":null}"));
  CHECK(io::read_header(path).tensors.size() == 1);
}

TEST_CASE("safetensors: what the JSON must not be, each with a message of its own") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  const std::string x = "{\"x\":";
  const auto [header, word] = GENERATE_COPY(table<std::string, std::string>({
      {" " + x + good + "}", ""},
      {"\xef\xbb\xbf" + x + good + "}", ""},
      {x + good + "}\v", "does not end"},
      {x + good + "}" + std::string(1, '\0'), "does not end"},
      {"{\"__metadata__\":{\"a\":null},\"x\":" + good + "}", "null"},
      {"{\"__metadata__\":null,\"__metadata__\":null,\"x\":" + good + "}", "twice"},
      {x + good + "}{}", "not JSON"},
      {x + good + "} x", "does not end"},
      {x + good + "", "end"},
      {"{\"\xff\":" + good + "}", "not JSON"},
      {"{\"\\ud800\":" + good + "}", "not JSON"},
      {std::string("{\"a\0b\":", 7) + good + "}", "not JSON"},
      {"{\"a\\u0000b\":" + good + "}", "NUL"},
      {"{\"\":" + good + "}", "empty"},
      {"{\"" + std::string(1025, 'n') + "\":" + good + "}", "too long"},
      {"{\"a\":" + good + ",\"\\u0061\":" + entry("F32", "[0]", "16", "16") + "}", "twice"},
      {"{\"__metadata__\":{},\"__metadata__\":{},\"x\":" + good + "}", "twice"},
      {"{\"__metadata__\":{\"a\":\"\",\"a\":\"\"},\"x\":" + good + "}", "twice"},
      {"{\"__metadata__\":{\"a\":1},\"x\":" + good + "}", "a number"},
      {"{\"__metadata__\":[],\"x\":" + good + "}", "an array"},
      {x + "{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "twice"},
      {x + "{\"dtype\":\"F32\",\"shape\":[4]}}", "missing"},
      {x + "{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"more\":1}}", "unknown field"},
      {x + "{\"dtype\":\"F32\",\"shape\":[[4]],\"data_offsets\":[0,16]}}", "an array"},
      {x + "{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,16]}}", "an object"},
      {x + "{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0]}}", "wrong number of offsets"},
      {x + "{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16,16]}}", "wrong number of offsets"},
      {x + "{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":\"0\"}}", "a string"},
      {x + "{\"dtype\":32,\"shape\":[4],\"data_offsets\":[0,16]}}", "a number"},
      {x + "null}", "null"},
      {x + "3}", "a number"},
      {x + std::string(100'000, '[') + "}", "an array"},
      {x + std::string(100'000, '{') + "}", ""},
      {"{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}", "an array"},
  }));
  INFO(header.substr(0, 100));
  write_bytes(path, four_floats(header));
  CHECK_THROWS_AS(io::read_header(path), FormatError);
  CHECK_THROWS_WITH(io::read_header(path), Contains(path) && Contains(word));
}

TEST_CASE("safetensors: numbers are whole, from 0 to 2^64 - 1, in decimal") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  for (const char* number :
       {"-1", "-0", "4.0", "4e0", "1e400", "0x4", "04", "18446744073709551616", "18446744073709551617",
        "true", "\"4\"", "null", "9007199254740993", "+4", "NaN"}) {
    INFO(number);
    for (const std::string& header : {entry("F32", std::string("[") + number + "]", "0", "16"),
                                      entry("F32", "[4]", number, "16"), entry("F32", "[4]", "0", number)}) {
      write_bytes(path, four_floats("{\"x\":" + header + "}"));
      CHECK_THROWS_AS(io::read_header(path), FormatError);
    }
  }
}

TEST_CASE("safetensors: every byte belongs to one tensor, sizes are those of shape and type") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  const auto two = [](const std::string& a, const std::string& b) {
    return "{\"a\":" + a + ",\"b\":" + b + "}";
  };
  const std::string huge = "4294967296", half = "9223372036854775808";
  const auto [header, word] = GENERATE_COPY(table<std::string, std::string>({
      {"{\"x\":" + entry("F32", "[4]", "16", "0") + "}", "disagrees"},
      {"{\"x\":" + entry("F32", "[8]", "0", "32") + "}", "beyond the end"},
      {"{\"x\":" + entry("F32", "[3]", "0", "12") + "}", "after the last tensor"},
      {"{\"x\":" + entry("F32", "[3]", "4", "16") + "}", "belong to none"},
      {"{}", "after the last tensor"},
      {two(entry("F32", "[2]", "0", "8"), entry("F32", "[3]", "4", "16")), "overlap"},
      {two(entry("F32", "[4]", "0", "16"), entry("F32", "[4]", "0", "16")), "overlap"},
      {two(entry("F32", "[1]", "0", "4"), entry("F32", "[2]", "8", "16")), "belong to none"},
      {two(entry("F32", "[4]", "0", "16"), entry("F32", "[0]", "12", "12")), "overlap"},
      {"{\"x\":" + entry("F32", "[5]", "0", "16") + "}", "disagrees"},
      {"{\"x\":" + entry("F32", "[4]", "0", "15") + "}", "disagrees"},
      {"{\"x\":" + entry("F4", "[31]", "0", "16") + "}", "disagrees"},
      {"{\"x\":" + entry("F32", "[" + huge + "," + huge + "]", "0", "0") + "}", "too large"},
      {"{\"x\":" + entry("F32", "[" + half + "," + half + ",0]", "0", "0") + "}", "too large"},
      {"{\"x\":" + entry("F32", "[" + half + ",2]", "0", "0") + "}", "too large"},
      {"{\"x\":" + entry("F32", "[1,1,1,1,1,1,1,1,4]", "0", "16") + "}", "wrong number of dimensions"},
      {"{\"x\":" + entry("f32", "[4]", "0", "16") + "}", "unknown type"},
      {"{\"x\":" + entry("F128", "[1]", "0", "16") + "}", "unknown type"},
      {"{\"x\":" + entry("", "[4]", "0", "16") + "}", "unknown type"},
      {"{\"" + toeplitz_weight + "\":" + entry("I32", "[1,4]", "0", "16") + "}", "not floating-point"},
  }));
  INFO(header);
  write_bytes(path, four_floats(header));
  CHECK_THROWS_AS(io::read_header(path), FormatError);
  CHECK_THROWS_WITH(io::read_header(path), Contains(path) && Contains(word));
}

TEST_CASE("safetensors: odd alignment, names from elsewhere and order in the JSON are legal") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  const std::string header =
      "{\"../x\":" + entry("F32", "[1]", "1", "5") + ",\"a\":" + entry("U8", "[1]", "0", "1") + "}";
  write_bytes(path, safetensors(header, std::string("\x07") + bytes_of<float>({2.5F})));
  CHECK(io::read_checkpoint(path).at("...x").as_float() == std::vector<float>{2.5F});
}

TEST_CASE("safetensors: a million keys and a header of 50 MB end in an error within a second of work") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  std::string header = "{";
  for (int i = 0; i < 400'000; ++i)
    header += "\"" + std::to_string(i) + "\":" + entry("F32", "[0]", "0", "0") + ",";
  header.back() = '}';
  write_bytes(path, safetensors(header, ""));
  CHECK_THROWS_WITH(io::read_header(path), Contains("too many keys"));
  write_bytes(path, safetensors("{\"x\":\"" + std::string(50'000'000, 'y') + "\"}", ""));
  CHECK_THROWS_WITH(io::read_header(path), Contains("a string"));
}

TEST_CASE("safetensors: a sparse file of terabytes is refused by its length, or by --max-memory") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m.safetensors");
  write_bytes(path, safetensors("{\"x\":" + entry("F32", "[1099511627776]", "0", "4398046511104") + "}", ""));
  if (::truncate(path.c_str(), 4'398'046'600'000) != 0) {
    WARN("this file system has no files of 4 TB");
    return;
  }
  CHECK_THROWS_WITH(io::read_header(path), Contains("too large"));
  write_bytes(path, safetensors("{\"" + toeplitz_weight +
                                    "\":" + entry("F32", "[1,1073741824]", "0", "4294967296") + "}",
                                ""));
  REQUIRE(::truncate(path.c_str(), static_cast<off_t>(std::filesystem::file_size(path)) + 4'294'967'296) ==
          0);
  const auto result = test::run_tmm("--max-memory 1G convert " + path + " " + folder.file("out.h5"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("needs more memory") && Contains("--max-memory"));
  CHECK_FALSE(std::filesystem::exists(folder.file("out.h5")));
}

TEST_CASE("safetensors: shards are read as one checkpoint through their index") {
  const TemporaryFolder folder;
  const std::string index = folder.file("model.safetensors.index.json");
  write_bytes(folder.file("a.safetensors"), four_floats("{\"x\":" + good + "}"));
  write_bytes(folder.file("b.safetensors"), four_floats("{\"y\":" + good + "}"));
  const auto write_index = [&](const std::string& map) {
    write_bytes(index,
                "{\"metadata\": {\"total_size\": 32, \"n\": [1.5, null]}, \"weight_map\": " + map + "}\n");
  };
  write_index(R"({"x": "a.safetensors", "y": "b.safetensors"})");
  CHECK(io::read_header(index).format == "safetensors, 2 shards");
  CHECK(io::read_checkpoint(index).tensors().size() == 2);

  const auto [map, word] = GENERATE(table<std::string, std::string>({
      {R"({"x": "../a.safetensors"})", "plain file name"},
      {R"({"x": "/etc/passwd"})", "plain file name"},
      {R"({"x": ".."})", "plain file name"},
      {R"({"x": ""})", "plain file name"},
      {R"({"x": "a.safetensors\u0000"})", "plain file name"},
      {R"({"x": "missing.safetensors"})", "is missing"},
      {R"({"x": "b.safetensors"})", "according to the index"},
      {R"({"x": "a.safetensors", "z": "a.safetensors"})", "missing"},
      {R"({"x": "a.safetensors", "x": "a.safetensors"})", "twice"},
      {R"({"x": 1})", "a number"},
      {R"({"x": {"y": "a"}})", "an object"},
      {R"(["a"])", "an array"},
      {R"("a")", "a string"},
      {R"({"x": "a.safetensors")", "not JSON"},
  }));
  INFO(map);
  write_index(map);
  CHECK_THROWS_AS(io::read_header(index), Error);
  CHECK_THROWS_WITH(io::read_header(index), Contains(word));
}

TEST_CASE("safetensors: JSON that is no index says so") {
  const TemporaryFolder folder;
  const std::string path = folder.file("config.json");
  write_bytes(path, R"({"hidden_size": 128})");
  CHECK_THROWS_WITH(io::read_header(path), Contains("not the index of a sharded checkpoint"));
  write_bytes(path, std::string(100'000, '['));
  CHECK_THROWS_AS(io::read_header(path), FormatError);
  write_bytes(path, "{\"a\":" + std::string(100'000, '['));
  CHECK_THROWS_WITH(io::read_header(path), Contains("nested too deeply"));
}
