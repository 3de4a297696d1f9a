// SPDX-License-Identifier: MIT
#include "io/hdf5/attribute.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "io/hdf5/hdf5_reader.hpp"
#include "io/hdf5/raw_hdf5.hpp"
#include "support.hpp"

using namespace tmm;
using test::RawFile, test::TemporaryFolder;

namespace {

template <class T>
void numbers(hid_t object, const char* name, const std::vector<hsize_t>& shape, hid_t type, hid_t memory,
             const std::vector<T>& values) {
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, memory, values.data());
  H5Aclose(attribute);
  H5Sclose(space);
}

void strings(hid_t object, const char* name, const std::vector<const char*>& values) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  numbers(object, name, {values.size()}, type, type, values);
  H5Tclose(type);
}

void nothing(hid_t object, const char* name) {
  const hid_t space = H5Screate(H5S_NULL);
  H5Aclose(H5Acreate2(object, name, H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
  H5Sclose(space);
}

hid_t boolean() {
  const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  return type;
}

io::Attributes attributes_of(const std::string& path) {
  return io::hdf5::read_contents(io::InputFile(path)).attributes;
}

}  // namespace

TEST_CASE("attributes: strings, numbers, booleans and arrays of them are whole as text") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), text(200'000, 'x');
  {
    RawFile file(path);
    const hid_t root = file.id(), yes_no = boolean();
    RawFile::text_attribute(root, "long", text);
    RawFile::text_attribute(root, "fixed", std::string(30'000, 'y'), true);
    numbers<float>(root, "rate", {}, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {0.5F});
    numbers<double>(root, "tenth", {}, H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, {0.1});
    numbers<std::uint64_t>(root, "most", {}, H5T_STD_U64LE, H5T_NATIVE_UINT64, {~std::uint64_t{0}});
    numbers<int>(root, "table", {2, 3}, H5T_STD_I32LE, H5T_NATIVE_INT, {1, 2, 3, 4, 5, -6});
    numbers<int>(root, "one", {1}, H5T_STD_I32LE, H5T_NATIVE_INT, {7});
    numbers<int>(root, "none", {0}, H5T_STD_I32LE, H5T_NATIVE_INT, {0});
    numbers<std::int8_t>(root, "tied", {}, yes_no, yes_no, {1});
    strings(root, "names", {"a", "b\"c"});
    H5Tclose(yes_no);
  }
  const auto found = attributes_of(path);
  CHECK(found.at("long").text == text);
  CHECK(found.at("fixed").text == std::string(30'000, 'y'));
  CHECK(found.at("rate").text == "0.5");
  CHECK(found.at("tenth").text == "0.1");
  CHECK(found.at("most").text == "18446744073709551615");
  CHECK(found.at("table").text == "[[1, 2, 3], [4, 5, -6]]");
  CHECK(found.at("one").text == "7");
  CHECK(found.at("none").text == "[]");
  CHECK(found.at("tied").text == "TRUE");
  CHECK(found.at("names").text == R"(["a", "b\"c"])");
  CHECK(found.at("table").is_array);
  CHECK_FALSE(found.at("one").is_array);
  for (const auto& [name, attribute] : found) CHECK(attribute.lost.empty());
}

TEST_CASE("attributes: what text cannot hold says what it is") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile file(path);
    const hid_t pair = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(pair, "re", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(pair, "im", 8, H5T_NATIVE_DOUBLE);
    numbers<double>(file.id(), "complex", {}, pair, pair, {1, 2});
    H5Tclose(pair);
    nothing(file.id(), "nothing");
    RawFile::text_attribute(file.id(), "endless", std::string(io::maximum_attribute_bytes + 1, 'x'));
    strings(file.id(), "latin", {"a\xff", "b"});
  }
  const auto found = attributes_of(path);
  CHECK(found.at("complex").lost.starts_with("compound"));
  CHECK(found.at("nothing").lost == "empty integer");
  CHECK(found.at("endless").lost.find("too long") != std::string::npos);
  CHECK(found.at("latin").lost == "strings that are not UTF-8");
}

TEST_CASE("attributes: those that the program uses are found behind any number of others") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  {
    RawFile file(path);
    for (std::size_t i = 0; i < io::maximum_attributes + 10; ++i)
      RawFile::text_attribute(file.id(), fmt::format("a{:05}", i), "x", true);
    RawFile::text_attribute(file.id(), "objective", "copy");
  }
  const auto contents = io::hdf5::read_contents(io::InputFile(path));
  CHECK(contents.attributes.at("objective").text == "copy");
  CHECK(contents.attributes.at("a00065").text == "x");
  CHECK(contents.attributes.size() + contents.further_attributes == io::maximum_attributes + 11);
}
