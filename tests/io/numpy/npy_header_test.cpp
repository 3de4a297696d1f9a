// SPDX-License-Identifier: MIT
#include "io/numpy/npy_header.hpp"

#include <catch2/catch.hpp>

#include "io/numpy/npy_files.hpp"
#include "model/base/error.hpp"

using Catch::Contains;
using namespace tmm;
using test::npy_bytes;
namespace numpy = tmm::io::numpy;

namespace {

numpy::Header read(const std::string& bytes) {
  return numpy::read_header(bytes, bytes.size(), "file.npz", "w.npy");
}

}  // namespace

TEST_CASE("npy: headers of versions 1 to 3, in any order of the keys") {
  for (const char version : {'\1', '\2', '\3'}) {
    const auto header =
        read(npy_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", 48, version));
    CHECK(header.info.element == io::Element::float64);
    CHECK(header.info.shape == std::vector<std::size_t>{2, 3});
    CHECK_FALSE(header.fortran_order);
    CHECK(header.offset % 64 == 0);
  }
  const auto other = read(npy_bytes("{\"shape\":(3L,),'fortran_order':True,'descr':'>i2'}", 6));
  CHECK(other.info.shape == std::vector<std::size_t>{3});
  CHECK((other.fortran_order && other.big_endian));
  CHECK(other.info.type == "int16");
  CHECK(read(npy_bytes("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", 1)).info.shape.empty());
  CHECK(read(npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5), }", 0)).info.bytes() == 0);
  CHECK(read(npy_bytes("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", 2)).info.type == "bool");
  CHECK(read(npy_bytes("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", 16)).info.type ==
        "complex64");
  CHECK(read(npy_bytes("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", 24)).info.type ==
        "string");
}

TEST_CASE("npy: damaged headers are refused with file and entry") {
  const auto [what, bytes] = GENERATE(table<const char*, std::string>({
      {"not an array of numpy", "NUMPY"},
      {"unknown version", npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4, 4)},
      {"Python objects", npy_bytes("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8)},
      {"array of records",
       npy_bytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4)},
      {"unknown type", npy_bytes("{'descr': '<f', 'fortran_order': False, 'shape': (1,), }", 4)},
      {"unknown type", npy_bytes("{'descr': '<q4', 'fortran_order': False, 'shape': (1,), }", 4)},
      {"unknown type", npy_bytes("{'descr': '|f4', 'fortran_order': False, 'shape': (1,), }", 4)},
      {"header of the array is damaged", npy_bytes("{'descr': '<f4', 'shape': (1,), }", 4)},
      {"header of the array is damaged", npy_bytes("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }", 4)},
      {"header of the array is damaged",
       npy_bytes("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", 4)},
      {"header of the array is damaged",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4)},
      {"header of the array is damaged",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", 4)},
      {"header of the array is damaged",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 4)},
      {"file ends before its data",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4)},
      {"bytes are left over", npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8)},
      {"dataset is too large",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 4)},
      {"dataset is too large",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", 0)},
      {"number of dimensions",
       npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1), }", 4)},
  }));
  INFO(what);
  CHECK_THROWS_AS(read(bytes), FormatError);
  CHECK_THROWS_WITH(read(bytes), Contains(what) && Contains("file.npz: w.npy"));
}

TEST_CASE("npy: every beginning of an array is an error") {
  const std::string whole = npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 12);
  CHECK_NOTHROW(read(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    CHECK_THROWS_AS(read(whole.substr(0, n)), FormatError);
  }
}
