// SPDX-License-Identifier: MIT
#include "io/tokens/tokens.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>

#include "io/hdf5/array_file.hpp"
#include "io/tokens/integer_file.hpp"
#include "model/base/error.hpp"
#include "model/network/cross_entropy.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::TemporaryFolder;
using Ids = std::vector<std::int32_t>;
using model::ignored_label;
using model::Objective;

namespace {

std::string write(const TemporaryFolder& folder, const std::string& name, const std::string& bytes) {
  std::ofstream(folder.file(name), std::ios::binary) << bytes;
  return folder.file(name);
}

/// A .npy file of format 1.0 as numpy writes it, padded to 64 bytes.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& fortran = "False") {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

/// Integers of `size` bytes, little-endian.
std::string packed(const std::vector<std::int64_t>& values, std::size_t size, bool big_endian = false) {
  std::string bytes;
  for (const std::int64_t value : values)
    for (std::size_t i = 0; i < size; ++i)
      bytes += static_cast<char>(value >> (8 * (big_endian ? size - 1 - i : i)));
  return bytes;
}

model::Architecture network(std::size_t context, std::size_t vocabulary) {
  model::Architecture architecture;
  architecture.context = context;
  architecture.vocabulary = vocabulary;
  return architecture;
}

io::Tokens rows(Ids ids, std::size_t length, std::optional<std::int32_t> ignored = {}) {
  return {"rows", std::move(ids), length, ignored};
}

}  // namespace

TEST_CASE("tokens: .npy of integers of every width and byte order, a stream or rows") {
  const TemporaryFolder folder;
  const std::vector<std::int64_t> values{0, 1, 39, 7, 8, 9};
  for (const std::string descr : {"<u2", "<i2", "<u4", "<i4", "<i8", "<u8", ">u2", ">i8", "|u1", "|i1"}) {
    CAPTURE(descr);
    const auto data = packed(values, static_cast<std::size_t>(descr[2] - '0'), descr[0] == '>');
    const auto stream = io::read_tokens(write(folder, "s.npy", npy(descr, "(6,)", data)), 40);
    CHECK(stream.ids == Ids{0, 1, 39, 7, 8, 9});
    CHECK(stream.row_length == 0);
    const auto two = io::read_tokens(write(folder, "r.npy", npy(descr, "(2, 3)", data)), 40);
    CHECK(two.ids == stream.ids);
    CHECK(two.row_length == 3);
  }
  const std::string file = write(folder, "n.npy", npy("<i2", "(2,)", packed({3, -5}, 2)));
  CHECK_THROWS_WITH(io::read_tokens(file, 40), Contains("a negative token") &&
                                                   Contains("found -5 at position 1") &&
                                                   Contains("--ignore-id -5"));
}

TEST_CASE("tokens: a .npy that is none, or of something else, is refused by name") {
  const TemporaryFolder folder;
  const std::string two = packed({1, 2}, 2);
  const auto [bytes, words] = GENERATE_COPY(table<std::string, std::string>({
      {npy("<f4", "(1,)", two), "not an array of integers"},
      {npy("|O", "(1,)", two), "array of Python objects"},
      {npy("<u2", "(3,)", two), "file ends before its data"},
      {npy("<u2", "(1,)", two), "bytes are left over"},
      {npy("<u2", "(4294967296, 4294967296)", two), "dataset is too large"},
      {npy("<u2", "(2,)", two + "x"), "bytes are left over"},
      {npy("<u2", "(2, 1)", two, "True"), "stored by columns"},
      {npy("<u2", "()", packed({1}, 2)), "wrong shape of a token dataset"},
      {npy("<u2", "(0,)", ""), "wrong shape of a token dataset"},
      {npy("<u2", "(-2,)", two), "header of the array is damaged"},
      {npy("<u2", "(2,", two), "header of the array is damaged"},
      {npy("<u2", "(2,), 'shape': (2,)", two), "header of the array is damaged"},
      {npy("<u2", "(2,), 'more': (2,)", two), "header of the array is damaged"},
      {npy("<u2", "(2,)", two, "1"), "header of the array is damaged"},
      {npy("<u8", "(1,)", packed({-1}, 8)), "2^63 or more"},
      {std::string("\x93NUMPY\x01\x00\xff\xff{}", 12), "file ends before its data"},
      {std::string("\x93NUMPY\x07\x00\x02\x00{}", 12), "array of an unknown version"},
      {std::string("\x93NUMPY", 6), "file ends before its data"},
  }));
  const std::string file = write(folder, "x.npy", bytes);
  CHECK_THROWS_AS(io::read_tokens(file, 40), FormatError);
  CHECK_THROWS_WITH(io::read_tokens(file, 40), Contains("x.npy: ") && Contains(words));
}

TEST_CASE("tokens: raw numbers, uint16 where the file is named .bin, or as the user says") {
  const TemporaryFolder folder;
  const std::string two = packed({1, 2, 39, 0}, 2);
  const auto bin = io::read_tokens(write(folder, "train.bin", two), 40);
  CHECK(bin.ids == Ids{1, 2, 39, 0});
  CHECK(bin.row_length == 0);
  CHECK_THAT(bin.source, Contains("raw uint16"));
  const std::string dat = write(folder, "train.dat", two);
  CHECK_THROWS_WITH(io::read_tokens(dat, 40), Contains("--token-type"));
  CHECK(io::read_tokens(dat, 40, {.type = io::RawInteger::uint16}).ids == bin.ids);
  CHECK(io::read_tokens(dat, 40, {.type = io::RawInteger::uint8}).ids == Ids{1, 0, 2, 0, 39, 0, 0, 0});
  CHECK_THROWS_WITH(io::read_tokens(dat, 40, {.type = io::RawInteger::int32}),
                    Contains("outside the vocabulary") && Contains("found 131073 at position 0"));
  const std::string odd = write(folder, "odd.bin", two + "x");
  CHECK_THROWS_WITH(io::read_tokens(odd, 40), Contains("not made of uint16 numbers") && Contains("9 bytes"));
  const std::string pickle = write(folder, "model.bin", std::string("PK\x03\x04") + two);
  CHECK_THROWS_WITH(io::read_tokens(pickle, 40), Contains("not a file of tokens") && Contains("zip archive"));
  CHECK_THROWS_AS(io::read_tokens(dat, 40, {.dataset = "tokens"}), ArgumentError);
  for (const auto type : {io::RawInteger::uint8, io::RawInteger::uint32, io::RawInteger::int64})
    CHECK(io::parse_raw_integer(io::name(type)) == type);
  CHECK_FALSE(io::parse_raw_integer("float32"));
}

TEST_CASE("tokens: rows of n + 1 tokens are n inputs and n labels of a language model") {
  const auto tokens = rows({1, 2, 3, 4, 5, 6, 7, 8}, 4);
  const auto set = io::cut_sequences(tokens, network(3, 40), Objective::clm);
  CHECK(set.length == 3);
  CHECK(set.count() == 2);
  CHECK(set.ids == Ids{1, 2, 3, 5, 6, 7});
  CHECK(io::make_batch(set, 0, 2, Objective::clm).labels == Ids{2, 3, 4, 6, 7, 8});
  const auto second = io::make_batch(set, 1, 1, Objective::clm);
  CHECK(second.ids == Ids{5, 6, 7});
  CHECK(second.labels == Ids{6, 7, 8});
  const auto within = io::cut_sequences(tokens, network(4, 40), Objective::clm);
  CHECK(io::make_batch(within, 0, 1, Objective::clm).labels == Ids{2, 3, 4, ignored_label});
  CHECK_THROWS_WITH(io::cut_sequences(tokens, network(2, 40), Objective::clm), Contains("2 to 2 tokens"));
  CHECK_THROWS_AS(io::cut_sequences(tokens, network(3, 40), Objective::autoencoder), FormatError);
  CHECK_THROWS_AS(io::cut_sequences(tokens, network(3, 40), Objective::copy), FormatError);
}

TEST_CASE("tokens: padding is nobody's label, and outside of the vocabulary only at the end") {
  const auto labels = [](const io::Tokens& tokens, Objective objective) {
    const auto set = io::cut_sequences(tokens, network(4, 40), objective);
    const auto batch = io::make_batch(set, 0, set.count(), objective);
    for (const std::int32_t id : batch.ids) CHECK((id >= 0 && id < 40));
    return batch.labels;
  };
  const Ids trailing{1, ignored_label, ignored_label, ignored_label};
  CHECK(labels(rows({3, 1, 9, 9}, 4, 9), Objective::clm) == trailing);
  CHECK(labels(rows({3, 1, -100, -100}, 4, -100), Objective::clm) == trailing);
  CHECK(labels(rows({3, 1, 50, 50}, 4, 50), Objective::clm) == trailing);
  CHECK(labels(rows({9, 3, 9, 1}, 4, 9), Objective::clm) == Ids{3, ignored_label, 1, ignored_label});
  CHECK(labels(rows({3, 9, 9, 9}, 4, 9), Objective::autoencoder) ==
        Ids{3, ignored_label, ignored_label, ignored_label});
  CHECK(labels(rows({3, 1, 2, -1, -1}, 5, -1), Objective::clm) == Ids{1, 2, ignored_label, ignored_label});
  for (const Ids& ids : {Ids{3, -1, 1, 2}, Ids{-1, 1, 2, 3}})
    CHECK_THROWS_WITH(io::cut_sequences(rows(ids, 4, -1), network(4, 40), Objective::clm),
                      Contains("stands before a token"));
  CHECK_THROWS_WITH(io::cut_sequences(rows({3, 1, -1, -1}, 4, -1), network(4, 40), Objective::autoencoder),
                    Contains("autoencoder"));
  CHECK_THROWS_WITH(io::cut_sequences(rows({3, 9, 9, 9}, 4, 9), network(4, 40), Objective::clm),
                    Contains("nothing is left to predict"));
}

TEST_CASE("tokens: the field's raw numbers are read, and those beyond a vocabulary named") {
  const std::string file = test::shared_file("field/train.bin");
  if (file.empty()) {
    WARN("skipped: reference material is not here");
    return;
  }
  const auto tokens = io::read_tokens(file, 256);
  CHECK(tokens.ids.size() == 5000);
  CHECK(Ids(tokens.ids.begin(), tokens.ids.begin() + 4) == Ids{170, 127, 102, 53});
  CHECK_THROWS_WITH(io::read_tokens(file, 40),
                    Contains("(expected 0 to 39, found 170 at position 0)") && !Contains("--ignore-id"));
}
