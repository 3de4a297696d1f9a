// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "io/checkpoint/tensor_values.hpp"
#include "io/numpy/npy_files.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using test::npy_bytes, test::TemporaryFolder, test::write_bytes, test::ZipMember;

namespace {

std::string dictionary(const std::string& descr, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }";
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string reversed(const std::string& bytes, std::size_t width) {
  std::string turned = bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) turned[i] = bytes[i - i % width + width - 1 - i % width];
  return turned;
}

const std::vector<float> six{1.5F, -2, 3e-40F, 4, 5e30F, 6};
const std::vector<float> by_columns{1.5F,  4,      -2,
                                    5e30F, 3e-40F, 6};  // the same (2, 3) array, first index fastest

}  // namespace

TEST_CASE("npy: row by row or column by column, in either byte order") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  for (const bool fortran : {false, true})
    for (const bool big : {false, true}) {
      const std::string numbers = bytes_of(fortran ? by_columns : six);
      write_bytes(path, npy_bytes(dictionary(big ? ">f4" : "<f4", "(2, 3)", fortran),
                                  big ? reversed(numbers, 4) : numbers));
      const auto state = io::read_checkpoint(path);
      CHECK(state.at("arr_0").as_float() == six);
      CHECK(state.at("arr_0").info.shape == std::vector<std::size_t>{2, 3});
    }
  CHECK(io::read_header(path).format == "npy");
}

TEST_CASE("npz: arrays stored or deflated, each under its name") {
  const std::string rows = npy_bytes(dictionary("<f4", "(2, 3)"), bytes_of(six));
  const std::string columns = npy_bytes(dictionary(">f4", "(2, 3)", true), reversed(bytes_of(by_columns), 4));
  const std::string step = npy_bytes(dictionary("<i8", "()"), bytes_of(std::vector<std::int64_t>{-7}));
  std::vector<double> many(400'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = 1.0 / static_cast<double>(i + 1);
  const std::string large = npy_bytes(dictionary("<f8", "(400000,)"), bytes_of(many));
  const auto packed = [](const std::string& name, const std::string& data) {
    return ZipMember{name, test::deflate_stored(data), data.size(), 8, 0, test::crc32(data)};
  };
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  write_bytes(path, test::zip_bytes({{"rows.npy", rows},
                                     packed("columns.npy", columns),
                                     packed("many.npy", large),
                                     {"step.npy", step},
                                     packed("none.npy", npy_bytes(dictionary("<f4", "(0,)"), 0)),
                                     {"notes.txt", "x"}}));
  const auto state = io::read_checkpoint(path);
  CHECK(state.at("rows").as_float() == six);
  CHECK(state.at("columns").as_float() == six);
  CHECK(state.at("many").as_double() == many);
  CHECK(state.at("none").as_double().empty());
  const auto values = test::values_of(path);
  CHECK(std::get<0>(values.at("step")) == "int64");
  CHECK(std::to_integer<int>(std::get<2>(values.at("step"))[0]) == 249);
  REQUIRE(io::read_header(path).lost.size() == 1);
  CHECK(io::read_header(path).lost[0].what == "entry notes.txt");
}

TEST_CASE("npz: damage is refused with file and entry") {
  const std::string rows = npy_bytes(dictionary("<f4", "(2, 3)"), bytes_of(six));
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  std::string bytes = test::zip_bytes({{"a.npy", rows}});
  bytes[bytes.find(bytes_of(six)) + 5] ^= 4;  // a wrong digit
  write_bytes(path, bytes);
  CHECK_NOTHROW(io::read_header(path));
  CHECK_THROWS_WITH(io::read_checkpoint(path), Contains(path + ": a.npy: entry is damaged"));
  write_bytes(path, test::zip_bytes({{"a.npy", rows + "x"}}));
  CHECK_THROWS_WITH(io::read_header(path), Contains(path + ": a.npy: bytes are left over"));
  write_bytes(path, test::zip_bytes({{"a.npy", "x"}}));
  CHECK_THROWS_WITH(io::read_header(path), Contains(path + ": a.npy: not an array of numpy"));
  write_bytes(
      path,
      test::zip_bytes({{"a.npy", npy_bytes("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 9)}}));
  CHECK_THROWS_WITH(io::read_header(path), Contains("which is a pickle"));
}

TEST_CASE(
    "npz: an archive that claims to unpack to more than --max-memory is refused before it is unpacked") {
  const std::string head = npy_bytes(dictionary("<f4", "(268435456,)"), 0);
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  // One GiB of claims in 2 MB that deflate could hold.
  const std::string packed = test::deflate_stored(head + std::string(2'000'000, '\0'));
  write_bytes(path, test::zip_bytes({{"a.npy", packed, head.size() + (1U << 30U), 8}}));
  const auto refused = test::run_tmm("convert --max-memory 100M " + path + " " + folder.file("out.h5"));
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("--max-memory") && Contains(path));
  const auto damaged = test::run_tmm("convert --max-memory 2G " + path + " " + folder.file("out.h5"));
  CHECK(damaged.exit_code == 1);
  CHECK_THAT(damaged.err, Contains("a.npy: entry is damaged"));
}
