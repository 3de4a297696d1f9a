// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstring>

#include "io/checkpoint/convert.hpp"
#include "io/checkpoint/sha256.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/checkpoint/tensor_values.hpp"
#include "io/pickle/pickle_files.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using namespace tmm::test::pickled;
using test::TemporaryFolder, test::values_of, test::write_bytes;

namespace {

std::string floats(const std::vector<float>& values) {
  std::string bytes(4 * values.size(), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// A file of torch.save that lives as long as this.
struct File {
  TemporaryFolder folder;
  std::string path = folder.file("model.pt");
  File(const std::string& object, const std::vector<std::string>& storages,
       const std::string& byteorder = "little") {
    write_bytes(path, torch_file(object, storages, byteorder));
  }
  [[nodiscard]] std::unique_ptr<io::TensorSource> open() const { return io::open_checkpoint(path); }
  [[nodiscard]] std::vector<float> read(const std::string& name) const {
    return io::read_checkpoint(path).at(name).as_float();
  }
};

std::vector<float> counted(std::size_t n) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<float>(i);
  return values;
}

const std::string ten = storage("FloatStorage", "0", 10);

}  // namespace

TEST_CASE("torch.save: a hostile pickle executes nothing and yields its honest tensors") {
  const std::string trace = "/tmp/pwned_by_pickle";  // what form_hostile_global.pt would write by os.system
  std::filesystem::remove(trace);
  const TemporaryFolder folder;
  const std::string hostile = std::string(TMM_TEST_DATA) + "/form_hostile_global.pt";
  REQUIRE_THAT(test::read_text(hostile), Contains("posix\nsystem") && Contains("echo pwned > " + trace));
  const auto source = io::open_checkpoint(hostile);
  CHECK(values_of(*source) == values_of(std::string(TMM_TEST_DATA) + "/form_nested_truth.safetensors"));
  REQUIRE(source->header().lost.size() == 1);
  CHECK(source->header().lost[0].what == "value x (an object of posix.system)");
  CHECK(io::convert_checkpoint(hostile, folder.file("x.safetensors"), false).tensors == 22);
  CHECK_FALSE(std::filesystem::exists(trace));
}

TEST_CASE("torch.save: whatever a pickle calls, wherever it stands, is not called") {
  const TemporaryFolder folder;
  const std::string trace = folder.file("trace"), command = text("touch " + trace);
  const std::string weight = tensor(ten, 0, {10}, {1});
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{
           {"os", "system"}, {"posix", "system"}, {"builtins", "eval"}, {"subprocess", "getoutput"}}) {
    const std::string bad = call(global(module, name), {command});
    for (const std::string& object :
         {dictionary({{"w", weight}, {"x", bad}}), tmm::test::pickled::items(bad, {{"w", weight}}), bad,
          dictionary({{"w", call(global("torch._utils", "_rebuild_parameter"), {bad, "\x88", ordered()})}}),
          dictionary({{"w", call(bad, {weight})}}), dictionary({{"w", weight}}) + bad + "b"}) {
      const File file(object, {floats(counted(10))});
      try {
        (void)io::read_checkpoint(file.path);
      } catch (const Error&) {
      }
      CHECK_FALSE(std::filesystem::exists(trace));
    }
  }
}

TEST_CASE("torch.save: a tensor that is reached only through an opaque value is none") {
  const std::string weight = tensor(ten, 0, {10}, {1});
  const File file(dictionary({{"w", weight},
                              {"call", call(global("some.module", "Wrapper"), {weight})},
                              {"list", "]" + weight + "a"},
                              {"changed", items(call(global("my", "Dict"), {}), {{"v", weight}})}}),
                  {floats(counted(10))});
  const auto source = file.open();
  CHECK(source->datasets().size() == 1);
  CHECK(source->datasets().contains("w"));
  CHECK(source->header().lost.size() == 3);
}

TEST_CASE("torch.save: a tensor that is changed after it was made is not read as what it was made") {
  for (const std::string& change : {std::string("}b"), "(" + text("k") + "Nu"}) {
    const File file(dictionary({{"w", tensor(ten, 0, {10}, {1})}, {"v", tensor(ten, 0, {10}, {1}) + change}}),
                    {floats(counted(10))});
    const auto source = file.open();
    REQUIRE(source->header().ignored.size() == 1);
    CHECK(source->header().ignored[0].name == "v");
    CHECK_THROWS_WITH(io::convert_checkpoint(file.path, file.folder.file("out"), false),
                      Contains("cannot be converted without loss") && Contains("v"));
  }
}

TEST_CASE("torch.save: views of any strides and offsets, and storages that are shared") {
  const std::string twelve = storage("FloatStorage", "0", 12);
  const File file(dictionary({{"all", tensor(twelve, 0, {3, 4}, {4, 1})},
                              {"transposed", tensor(twelve, 0, {4, 3}, {1, 4})},
                              {"middle", tensor(twelve, 5, {2, 2}, {4, 1})},
                              {"every second", tensor(twelve, 1, {6}, {2})},
                              {"expanded", tensor(twelve, 7, {2, 3}, {0, 0})},
                              {"scalar", tensor(twelve, 11, {}, {})},
                              {"none", tensor(twelve, 12, {0, 5}, {5, 1})},
                              {"one row", tensor(twelve, 8, {1, 4}, {999, 1})}}),
                  {floats(counted(12))});
  CHECK(file.read("all") == counted(12));
  CHECK(file.read("transposed") == std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  CHECK(file.read("middle") == std::vector<float>{5, 6, 9, 10});
  CHECK(file.read("every second") == std::vector<float>{1, 3, 5, 7, 9, 11});
  CHECK(file.read("expanded") == std::vector<float>(6, 7));
  CHECK(file.read("scalar") == std::vector<float>{11});
  CHECK(file.read("none").empty());
  CHECK(file.read("one row") == std::vector<float>{8, 9, 10, 11});
}

TEST_CASE("torch.save: parameters, sizes, older and newer functions that make tensors") {
  const std::string plain = tensor(ten, 0, {10}, {1}), none = ordered();
  const std::string untyped = tuple({text("storage"), global("torch.storage", "UntypedStorage"), text("0"),
                                     text("cpu"), integer(40)}) +
                              "Q";
  const File file(
      dictionary(
          {{"parameter", call(global("torch._utils", "_rebuild_parameter"), {plain, "\x88", none})},
           {"with state",
            call(global("torch._utils", "_rebuild_parameter_with_state"), {plain, "\x88", none, "}"})},
           {"first", call(global("torch._utils", "_rebuild_tensor"),
                          {ten, integer(0), call(global("torch", "Size"), {integers({10})}), integers({1})})},
           {"metadata", call(global("torch._utils", "_rebuild_tensor_v2"),
                             {ten, integer(0), integers({10}), integers({1}), "\x89", none, "}"})},
           {"third", call(global("torch._utils", "_rebuild_tensor_v3"),
                          {untyped, integer(0), integers({10}), integers({1}), "\x89", none,
                           global("torch", "float32")})},
           {"attributes",
            call(global("torch._tensor", "_rebuild_from_type_v2"),
                 {global("torch._utils", "_rebuild_tensor_v2"), global("torch.nn.parameter", "Parameter"),
                  tuple({ten, integer(0), integers({10}), integers({1}), "\x89", none}), "}"})}}),
      {floats(counted(10))});
  for (const char* name : {"parameter", "with state", "first", "metadata", "third", "attributes"}) {
    INFO(name);
    CHECK(file.read(name) == counted(10));
  }
}

TEST_CASE("torch.save: tensors that are malformed or reach beyond their storage are refused by name") {
  constexpr std::int64_t big = std::int64_t{1} << 62;
  const auto v2 = [](const std::vector<std::string>& arguments) {
    return call(global("torch._utils", "_rebuild_tensor_v2"), arguments);
  };
  const auto [what, tensor_text] = GENERATE_COPY(table<const char*, std::string>({
      {"reaches beyond its storage", tensor(ten, 0, {11}, {1})},
      {"reaches beyond its storage", tensor(ten, 1, {10}, {1})},
      {"reaches beyond its storage", tensor(ten, 0, {2, 5}, {6, 1})},
      {"reaches beyond its storage", tensor(ten, 10, {1}, {1})},
      {"reaches beyond its storage", tensor(ten, 0, {3}, {big})},
      {"reaches beyond its storage", tensor(ten, 0, {5}, {big})},
      {"reaches beyond its storage", tensor(ten, 0, {3, 3}, {big, big})},
      {"reaches beyond its storage", tensor(ten, std::numeric_limits<std::int64_t>::max(), {3}, {big})},
      {"dataset is too large", tensor(ten, 0, {big, 4}, {0, 0})},
      {"dataset is too large", tensor(ten, 0, {0, big, 4}, {0, 0, 0})},
      {"number of dimensions", tensor(ten, 0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, 0, 0, 0, 0, 0})},
      {"a number of elements is missing", tensor(ten, -1, {1}, {1})},
      {"a number of elements is missing", tensor(ten, 0, {1}, {-1})},
      {"a number of elements is missing", tensor(ten, 0, {-1}, {1})},
      {"2 strides", tensor(ten, 0, {1}, {1, 1})},
      {"it has no storage", tensor("N", 0, {1}, {1})},
      {"storage of unknown type", tensor(storage("NoStorage", "0", 10), 0, {1}, {1})},
      {"a tuple is missing", v2({ten, integer(0), "]", integers({1}), "\x89", ordered()})},
      {"conjugated or negated",
       v2({ten, integer(0), integers({1}), integers({1}), "\x89", ordered(), dictionary({{"neg", "\x88"}})})},
      {"storage is missing", tensor(storage("FloatStorage", "1", 10), 0, {1}, {1})},
      {"storage is too short", tensor(storage("FloatStorage", "0", 11), 0, {1}, {1})},
      {"storage is too short", tensor(storage("DoubleStorage", "0", 10), 0, {1}, {1})},
      {"storage is too short", tensor(storage("FloatStorage", "0", big), 0, {1}, {1})},
      {"unknown reference", tensor(text("storage") + "Q", 0, {1}, {1})},
  }));
  const File file(dictionary({{"weight", tensor_text}}), {floats(counted(10))});
  INFO(what);
  if (std::string_view(what) != "unknown reference")
    CHECK_THROWS_WITH(file.open(), Contains(what) && Contains("weight"));
  CHECK_THROWS_AS(file.open(), FormatError);
  CHECK_THROWS_WITH(file.open(), Contains(file.path));
}

TEST_CASE("torch.save: the dictionary of tensors is found below names, and what is plain beside it is kept") {
  const std::string weights = dictionary({{"w", tensor(ten, 0, {10}, {1})}, {"epochs", integer(3)}});
  const std::string momenta = "}" + integer(0) + dictionary({{"exp_avg", tensor(ten, 0, {10}, {1})}}) + "s";
  const File file(dictionary({{"model", weights},
                              {"optimizer", dictionary({{"state", momenta}, {"param_groups", "]"}})},
                              {"iter_num", integer(7)},
                              {"best", real(0.1)},
                              {"done", "\x88"},
                              {"note", text("ok")},
                              {"loss", tensor(ten, 3, {}, {})},
                              {"config", dictionary({{"lr", real(1e-3)}, {"layers", "]"}})}}),
                  {floats(counted(10))});
  const auto source = file.open();
  CHECK(source->header().format == "torch.save, its dictionary model");
  CHECK(source->datasets().size() == 1);
  CHECK(file.read("w") == counted(10));
  CHECK(source->header().attributes == std::map<std::string, std::string>{{"epochs", "3"},
                                                                          {"iter_num", "7"},
                                                                          {"best", "0.1"},
                                                                          {"done", "TRUE"},
                                                                          {"note", "ok"},
                                                                          {"config.lr", "0.001"}});
  std::vector<std::string> lost;
  for (const auto& entry : source->header().lost) lost.push_back(entry.what);
  CHECK(lost == std::vector<std::string>{"value config.layers (a list)", "value optimizer (a dictionary)",
                                         "value loss (a tensor)"});
}

TEST_CASE("torch.save: of several dictionaries all tensors are there, named after their place") {
  const std::string name = "mixer_blocks.0.token_mixing_layer.weight";
  const auto state = [&](std::int64_t offset) {
    return dictionary({{name, tensor(ten, offset, {1, 5}, {5, 1})}});
  };
  const File file(dictionary({{"first", state(0)}, {"second", state(5)}}), {floats(counted(10))});
  CHECK(file.read("first." + name) == std::vector<float>{0, 1, 2, 3, 4});
  CHECK(file.read("second." + name) == std::vector<float>{5, 6, 7, 8, 9});
  // Which of them is the network is not for the reader to say.
  CHECK_THROWS_WITH(io::read_checkpoint(file.path, io::Selection::toeplitz),
                    Contains("first.") && Contains("second."));
}

TEST_CASE("torch.save: what is no state dictionary is refused, saying what to do") {
  const std::string module =
      call(global("copyreg", "_reconstructor"), {global("model", "Net"), global("builtins", "object"), "N"}) +
      dictionary({{"_parameters", ordered()}}) + "b";
  const std::string new_module =
      global("model", "Net") + ")" + "\x81" + dictionary({{"_modules", ordered()}}) + "b";
  const auto [what, hint, object] = GENERATE_COPY(table<const char*, const char*, std::string>({
      {"a whole module has been pickled", "model.state_dict()", module},
      {"a whole module has been pickled", "found an object of model.Net", new_module},
      {"holds no dictionary of tensors", "If net is a module", dictionary({{"net", new_module}})},
      {"holds no dictionary of tensors", "the state of an optimiser",
       dictionary({{"state", "}"}, {"param_groups", "]"}})},
      {"holds no dictionary of tensors", "a dictionary of a, b", dictionary({{"a", "N"}, {"b", integer(1)}})},
      {"holds no dictionary of tensors", "found a list", "]"},
  }));
  const File file(object, {});
  CHECK_THROWS_AS(file.open(), FormatError);
  CHECK_THROWS_WITH(file.open(), Contains(what) && Contains(hint) && Contains(file.path));
}

TEST_CASE("torch.save: other byte orders, packed storages, TorchScript and doubled names are refused") {
  const std::string object = dictionary({{"w", tensor(ten, 0, {10}, {1})}}), numbers = floats(counted(10));
  CHECK_THROWS_WITH(File(object, {numbers}, "big").open(),
                    Contains("byte order") && Contains("little-endian machine"));
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  const auto refuses = [&](const std::vector<test::ZipMember>& members, const char* what) {
    write_bytes(path, test::zip_bytes(members));
    CHECK_THROWS_WITH(io::open_checkpoint(path), Contains(what) && Contains(path));
  };
  const test::ZipMember pickle{"a/data.pkl", document(object)}, data{"a/data/0", numbers};
  refuses({pickle, {"b/data.pkl", document(object)}, data}, "several pickles");
  refuses({pickle, data, {"a/constants.pkl", ""}}, "TorchScript");
  write_bytes(
      path,
      test::zip_bytes({pickle, {"a/data/0", test::deflate_stored(numbers), 40, 8, 0, test::crc32(numbers)}}));
  CHECK_THROWS_WITH(io::read_checkpoint(path), Contains("entry is packed"));
  refuses({{"a/data.pkl",
            document(dictionary({{"w", tensor(ten, 0, {10}, {1})}, {"w", tensor(ten, 0, {9}, {1})}}))},
           data},
          "two tensors have one name");
  refuses({{"notes.txt", "x"}}, "a zip archive without tensors");
  // Checksums of torch.save may be anything: it can be told not to compute them.
  write_bytes(path, test::zip_bytes({pickle, {.name = "a/data/0", .data = numbers, .crc = 1}}));
  CHECK(io::read_checkpoint(path).at("w").as_float() == counted(10));
}

TEST_CASE("torch.save: one tensor alone is called tensor") {
  const File file(tensor(ten, 2, {2, 4}, {4, 1}), {floats(counted(10))});
  CHECK(file.read("tensor") == std::vector<float>{2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("torch.save: it is known by content, and its header costs no values") {
  constexpr std::int64_t million = 1'000'000;
  const File file(dictionary({{"w", tensor(storage("FloatStorage", "0", million), 0, {million}, {1})}}),
                  {std::string(4 * million, 'x')});
  const std::string other = file.folder.file("model.safetensors");
  std::filesystem::rename(file.path, other);
  const auto bytes_read = [] {  // by this process
    std::ifstream stream("/proc/self/io");
    std::string word;
    std::uint64_t count = 0;
    return stream >> word >> count && word == "rchar:" ? count : 0;
  };
  const std::uint64_t before = bytes_read();
  const auto header = io::read_header(other);
  const std::uint64_t after = bytes_read();
  CHECK(header.format == "torch.save");
  CHECK(header.tensors.at(0).size() == million);
  CHECK(after - before < 100'000);
  (void)io::read_checkpoint(other);
  if (after != 0) CHECK(bytes_read() - after > 4 * million);
}

TEST_CASE("torch.save: one shard alone is refused by its name") {
  const File file(dictionary({{"w", tensor(ten, 0, {10}, {1})}}), {floats(counted(10))});
  const std::string shard = file.folder.file("pytorch_model-00001-of-00002.bin");
  const std::string whole = file.folder.file("pytorch_model-00001-of-00001.bin");
  std::filesystem::copy(file.path, whole);
  std::filesystem::rename(file.path, shard);
  CHECK_THROWS_WITH(io::open_checkpoint(shard), Contains("one shard of a checkpoint") && Contains(shard));
  CHECK_NOTHROW(io::open_checkpoint(whole));
}
