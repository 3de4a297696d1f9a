// SPDX-License-Identifier: MIT
#include "io/checkpoint/convert.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/safetensors_files.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::run_tmm, test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// Name → (type, shape, bits) of everything in a checkpoint.
std::map<std::string, std::tuple<std::string, std::vector<std::size_t>, std::vector<std::byte>>> everything(
    const std::string& path) {
  const auto source = io::open_checkpoint(path);
  std::map<std::string, std::tuple<std::string, std::vector<std::size_t>, std::vector<std::byte>>> found;
  for (const auto& [name, info] : source->datasets()) {
    std::vector<std::byte> bytes;
    source->read({&info, 1}, [&, &one = info](std::size_t) {
      bytes.resize(one.bytes());
      return std::span(bytes);
    });
    found[name] = {info.type, info.shape, bytes};
  }
  return found;
}

/// Every type both formats have, all bit patterns of the 16-bit ones, NaN payloads.
void write_every_type(const std::string& path) {
  io::ArrayWriter writer(path);
  std::vector<std::byte> bytes(131072);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>(i % 2 == 0 ? i / 2 % 256 : i / 512);
  using io::Element;
  for (const auto& [element, size] :
       std::vector<std::pair<Element, std::size_t>>{{Element::float16, 2},
                                                    {Element::bfloat16, 2},
                                                    {Element::float32, 4},
                                                    {Element::float64, 8},
                                                    {Element::signed_integer, 1},
                                                    {Element::signed_integer, 2},
                                                    {Element::signed_integer, 4},
                                                    {Element::signed_integer, 8},
                                                    {Element::unsigned_integer, 1},
                                                    {Element::unsigned_integer, 2},
                                                    {Element::unsigned_integer, 4},
                                                    {Element::unsigned_integer, 8}}) {
    const std::string name = io::type_name(element, size);
    writer.raw(name, {name, {2, bytes.size() / size / 2}, element, size, name}, bytes);
    if (element == Element::bfloat16) writer.attribute(name, "dtype", "bfloat16");
  }
  writer.dataset("empty", std::vector<std::size_t>{0, 3}, std::vector<float>{});
  writer.dataset("scalar", {}, std::vector<double>{0.1});
  writer.attribute("/", "objective", "copy");
  writer.finish();
}

}  // namespace

TEST_CASE("convert: there and back, every type keeps every bit") {
  const TemporaryFolder folder;
  const std::string h5 = folder.file("a.h5"), st = folder.file("b.safetensors"), back = folder.file("c.h5");
  write_every_type(h5);
  CHECK(io::convert_checkpoint(h5, st, false).tensors == 14);
  io::convert_checkpoint(st, back, false);
  CHECK(everything(h5).size() == 14);
  CHECK(everything(h5) == everything(st));
  CHECK(everything(st) == everything(back));
  CHECK(io::read_header(back).attributes == std::map<std::string, std::string>{{"objective", "copy"}});
  io::convert_checkpoint(back, folder.file("d"), false);
  CHECK(test::read_text(st) == test::read_text(folder.file("d")));  // same content, same bytes
}

TEST_CASE("convert: a real checkpoint goes there and back") {
  const std::string h5 = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";
  const TemporaryFolder folder;
  CHECK(run_tmm("convert " + h5 + " " + folder.file("a")).exit_code == 0);
  CHECK(run_tmm("convert " + folder.file("a") + " " + folder.file("b")).exit_code == 0);
  CHECK(everything(h5) == everything(folder.file("b")));
  CHECK(io::read_header(h5).attributes == io::read_header(folder.file("b")).attributes);
}

TEST_CASE("convert: files of the reference implementation, both ways, by numpy's and h5py's own eyes") {
  const TemporaryFolder folder;
  test::write_bytes(folder.file("check.py"), R"(
import sys, json, struct, numpy as np, h5py
folder = sys.argv[1]
with h5py.File(folder + "/a.h5", "w") as f:
    rng = np.random.default_rng(1)
    f["x"] = rng.standard_normal((3, 5)).astype(">f8")
    f.create_dataset("g/y", data=rng.standard_normal((40, 50)).astype("f2"), chunks=(7, 9), compression="gzip")
    f["z"] = np.arange(6, dtype=np.uint16); f["z"].attrs["dtype"] = "bfloat16"
    f.attrs["steps"] = 5
)");
  test::write_bytes(folder.file("compare.py"), R"(
import sys, json, struct, numpy as np, h5py
folder = sys.argv[1]
raw = open(folder + "/b.safetensors", "rb").read()
n = struct.unpack("<Q", raw[:8])[0]; head = json.loads(raw[8:8 + n]); data = raw[8 + n:]
get = lambda name, t: np.frombuffer(data[slice(*head[name]["data_offsets"])], t).reshape(head[name]["shape"])
with h5py.File(folder + "/a.h5") as a, h5py.File(folder + "/c.h5") as c:
    assert head["x"]["dtype"] == "F64" and head["g.y"]["dtype"] == "F16" and head["z"]["dtype"] == "BF16"
    assert n % 8 == 0 and head["__metadata__"] == {"steps": "5"}
    assert (get("x", "<f8") == a["x"][()]).all() and (c["x"][()] == a["x"][()]).all()
    assert (get("g.y", "<f2") == a["g/y"][()]).all() and (c["g.y"][()] == a["g/y"][()]).all()
    assert (get("z", "<u2") == a["z"][()]).all() and (c["z"][()] == a["z"][()]).all()
    assert c["g.y"].dtype == np.float16 and c["z"].attrs["dtype"] in ("bfloat16", b"bfloat16")
)");
  const auto python = [&](const char* script) {
    return test::run("/usr/bin/python3 " + folder.file(script) + " " + folder.path().string());
  };
  const auto made = python("check.py");
  if (made.err.find("No module named") != std::string::npos) {
    WARN("numpy and h5py are not here");
    return;
  }
  REQUIRE(made.exit_code == 0);
  io::convert_checkpoint(folder.file("a.h5"), folder.file("b.safetensors"), false);
  io::convert_checkpoint(folder.file("b.safetensors"), folder.file("c.h5"), false);
  const auto compared = python("compare.py");
  INFO(compared.err);
  CHECK(compared.exit_code == 0);
}

TEST_CASE("convert: what has no counterpart is an error, and nothing is written") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), out = folder.file("out");
  {
    test::RawFile file(path);
    file.floats("x", {4}, {1, 2, 3, 4});
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    file.dataset("words", {1}, type, type, "abc");
  }
  CHECK_THROWS_WITH(io::convert_checkpoint(path, out, false),
                    Contains(path + ": words") && Contains("string"));
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("convert: attributes and metadata go over whole, however many and long, both ways") {
  const TemporaryFolder folder;
  const std::string h5 = folder.file("a.h5"), st = folder.file("b"), back = folder.file("c");
  std::map<std::string, std::string> all{{"empty", ""}, {"config", std::string(640, 'k')}};
  for (int i = 0; i < 200; ++i) all[fmt::format("a{:03}", i)] = std::to_string(i);
  all["objective"] = "copy";
  all["log"] = std::string(300'000, 'l') + "\u00e9\n";  // more than an object's header has room for
  {
    test::RawFile file(h5);
    file.floats("x", {4}, {1, 2, 3, 4});
    for (const auto& [name, value] : all) test::RawFile::text_attribute(file.id(), name, value);
  }
  const auto there = io::convert_checkpoint(h5, st, false), again = io::convert_checkpoint(st, back, false);
  CHECK(there.lost.empty());
  CHECK(again.lost.empty());
  CHECK(io::read_header(h5).attributes == all);
  CHECK(io::read_header(st).attributes == all);
  CHECK(io::read_header(back).attributes == all);
}

TEST_CASE("convert: metadata that cannot be kept is named, one warning each") {
  const TemporaryFolder folder;
  const std::string h5 = folder.file("a.h5"), st = folder.file("b"), index = folder.file("i.json");
  {
    test::RawFile file(h5);
    const hid_t x = file.floats("group/x", {4}, {1, 2, 3, 4}), pair = H5Tcreate(H5T_COMPOUND, 8);
    test::RawFile::text_attribute(x, "units", "1");
    test::RawFile::text_attribute(file.id(), "latin", "caf\xe9");
    test::RawFile::text_attribute(file.id(), "kept", "yes");
    H5Tinsert(pair, "re", 0, H5T_NATIVE_FLOAT);
    const hid_t space = H5Screate(H5S_SCALAR);
    H5Aclose(H5Acreate2(file.id(), "number", pair, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Tclose(pair);
  }
  auto result = run_tmm("convert " + h5 + " " + st);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("not kept: attribute latin (not UTF-8)") &&
                             Contains("not kept: attribute number (compound") &&
                             Contains("not kept: attribute of group/x: units"));
  CHECK_THAT(result.out, Contains("not all of the metadata"));
  CHECK(io::read_header(st).attributes == std::map<std::string, std::string>{{"kept", "yes"}});
  const std::string data(16, 'x'), entry = test::entry("F32", "[4]", "0", "16");
  test::write_bytes(folder.file("1"),
                    test::safetensors("{\"__metadata__\":{\"a\":\"1\"},\"x\":" + entry + "}", data));
  test::write_bytes(
      folder.file("2"),
      test::safetensors("{\"__metadata__\":{\"a\":\"2\",\"\":\"\",\"n\":\"\\u0000\"},\"y\":" + entry + "}",
                        data));
  test::write_bytes(index, R"({"metadata":{"total_size":32,"by":"me"},"weight_map":{"x":"1","y":"2"}})");
  result = run_tmm("convert " + index + " " + folder.file("c"));
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("metadata of the index: by") &&
                             Contains("metadata a of " + folder.file("2")) &&
                             Contains("attribute n (has a NUL)") && Contains("metadata without a name") &&
                             !Contains("total_size"));
  CHECK(io::read_header(folder.file("c")).attributes == std::map<std::string, std::string>{{"a", "1"}});
}

TEST_CASE("convert: a name that is not UTF-8 is an error that names the input") {
  const TemporaryFolder folder;
  test::RawFile(folder.file("a.h5")).floats("x\xff", {1}, {1});
  CHECK_THROWS_WITH(io::convert_checkpoint(folder.file("a.h5"), folder.file("out"), false),
                    Contains(folder.file("a.h5")) && Contains("UTF-8"));
}

TEST_CASE("convert: an existing file needs --force, the input is never replaced, a link is never followed") {
  const TemporaryFolder folder;
  const std::string in = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5", out = folder.file("out");
  test::write_bytes(out, "mine");
  auto result = run_tmm("convert " + in + " " + out);
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("exists already") && Contains("--force"));
  CHECK(test::read_text(out) == "mine");
  CHECK_THROWS_AS(io::convert_checkpoint(in, out, false), FileError);  // the library keeps it as well
  CHECK(test::read_text(out) == "mine");
  fs::create_symlink(out, folder.file("link"));
  CHECK(run_tmm("convert --force " + in + " " + folder.file("link")).exit_code == 0);
  CHECK(test::read_text(out) == "mine");
  CHECK_FALSE(fs::is_symlink(folder.file("link")));
  CHECK(run_tmm("convert --force " + in + " " + out).exit_code == 0);
  CHECK(io::read_header(out).format == "safetensors");
  fs::copy_file(in, folder.file("same"));
  CHECK(run_tmm("convert --force " + folder.file("same") + " " + folder.file("same")).exit_code == 1);
  CHECK(test::read_text(in) == test::read_text(folder.file("same")));
}

TEST_CASE("convert: a full disk leaves nothing behind") {
  const TemporaryFolder folder;
  const std::string in = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";
  fs::create_directory(folder.path() / "to");
  // A limit on the size of files acts where a full disk would. 8 blocks of 512 bytes.
  const auto result =
      test::run("trap '' XFSZ; ulimit -f 8; " TMM_BINARY " convert " + in + " " + folder.file("to/x"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains(folder.file("to/x: cannot write: File too large")));
  CHECK(fs::is_empty(folder.path() / "to"));
  io::convert_checkpoint(in, folder.file("st"), false);
  const auto back = test::run("trap '' XFSZ; ulimit -f 8; " TMM_BINARY " convert " + folder.file("st") + " " +
                              folder.file("to/y"));
  CHECK(back.exit_code == 1);
  CHECK_THAT(back.err,
             Contains(folder.file("to/y: cannot write: File too large")));  // HDF5 says the reason too
  CHECK(fs::is_empty(folder.path() / "to"));
}

TEST_CASE("convert: a process that is killed leaves nothing behind, or the whole file") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "to");
  const std::string h5 = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5", st = folder.file("st");
  io::convert_checkpoint(h5, st, false);
  for (const std::string& from : {h5, st}) {
    // SIGXFSZ, uncaught, in the middle of the data
    const auto cut = test::run("ulimit -f 8; " TMM_BINARY " convert " + from + " " + folder.file("to/x"));
    CHECK(cut.exit_code != 0);
    CHECK(fs::is_empty(folder.path() / "to"));
    std::size_t whole = 0;
    for (int i = 0; i < 16; ++i) {  // SIGKILL at any moment
      test::run(fmt::format("{} convert {} {} & sleep 0.{:03}; kill -9 $!; wait", TMM_BINARY, from,
                            folder.file("to/x"), 10 * i));
      for (const auto& entry : fs::directory_iterator(folder.path() / "to")) {
        CHECK(entry.path().filename() == "x");
        CHECK(everything(entry.path()) == everything(h5));
        ++whole;
      }
      fs::remove(folder.path() / "to/x");
    }
    if (whole == 0 || whole == 16)
      WARN("every run was killed too early or too late: " << whole << " of 16 done");
  }
}
