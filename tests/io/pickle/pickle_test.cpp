// SPDX-License-Identifier: MIT
#include "io/pickle/pickle.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "io/pickle/pickle_files.hpp"
#include "model/base/error.hpp"

using Catch::Contains;
namespace pickle = tmm::io::pickle;
using namespace tmm::test::pickled;
using namespace std::string_literals;
using pickle::Kind;

namespace {

/// Texts of documents are views of the bytes, which stay here.
pickle::Document read(const std::string& bytes) {
  static std::string kept;
  kept = bytes;
  return pickle::read(kept, 0, "file.pt", "data.pkl");
}

}  // namespace

TEST_CASE("pickle: plain values of every width") {
  const std::string bytes =
      document(tuple({"N", "\x88", "\x89", "K\xff", "M\xff\xff"s, "J\xff\xff\xff\xff"s, "\x8a\x00"s,
                      "\x8a\x01\x80"s, "\x8a\x02\x00\x80"s, integer(-5), real(-0.25), text("\u00e9"),
                      "C\x02\x00\xff"s, "\x8a\x09" + std::string(9, '\1')}));
  const auto document = read(bytes);
  CHECK(document.end == bytes.size());
  const auto& parts = document.at(document.root).parts;
  REQUIRE(document.at(document.root).kind == Kind::tuple);
  REQUIRE(parts.size() == 14);
  const auto part = [&](std::size_t i) -> const pickle::Value& { return document.at(parts[i]); };
  CHECK(part(0).kind == Kind::none);
  CHECK((part(1).kind == Kind::boolean && part(1).integer == 1));
  CHECK((part(2).kind == Kind::boolean && part(2).integer == 0));
  const std::vector<std::int64_t> integers{255, 65535, -1, 0, -128, -32768, -5};
  for (std::size_t i = 0; i < integers.size(); ++i) {
    CHECK(part(3 + i).kind == Kind::integer);
    CHECK(part(3 + i).integer == integers[i]);
  }
  CHECK((part(10).kind == Kind::real && part(10).real == -0.25));
  CHECK((part(11).kind == Kind::text && part(11).text == "\u00e9"));
  CHECK((part(12).kind == Kind::bytes && part(12).text == "\x00\xff"s));
  CHECK(part(13).kind == Kind::big);
}

TEST_CASE("pickle: what is remembered is the same value, also where it grows later") {
  // A list, remembered, put into a dictionary twice, then given an element.
  const auto document = read(
      "\x80\x02}(X\x01\x00\x00\x00"
      "a]q\x05X\x01\x00\x00\x00"
      "bh\x05uh\x05K\x07"
      "a0."s);
  std::vector<std::pair<pickle::Id, pickle::Id>> items;
  REQUIRE(document.items(document.root, items));
  REQUIRE(items.size() == 2);
  CHECK(items[0].second == items[1].second);
  REQUIRE(document.at(items[0].second).parts.size() == 1);
  CHECK(document.at(document.at(items[0].second).parts[0]).integer == 7);
}

TEST_CASE("pickle: protocols 4 and 5 with frames, short texts and counted memory") {
  for (const char version : {'\4', '\5'}) {
    const std::string body =
        "}\x94\x8c\x01k\x94\x8c\x05torch\x94\x8c\x04Size\x94\x93\x94)R\x94sh\x00"
        "0."s;
    const auto document = read("\x80"s + version + "\x95" + tmm::test::le(body.size(), 8) + body);
    std::vector<std::pair<pickle::Id, pickle::Id>> items;
    REQUIRE(document.items(document.root, items));
    REQUIRE(items.size() == 1);
    CHECK(document.at(items[0].first).text == "k");
    const auto& value = document.at(items[0].second);
    CHECK(value.kind == Kind::call);
    CHECK(document.is_global(value.parts[0], "torch", "Size"));
    CHECK(document.describe(items[0].second) == "an object of torch.Size");
  }
}

TEST_CASE("pickle: a call is a value, an object that gets items or attributes is still one") {
  const std::string made = call(global("posix", "system"), {text("exit 1")});
  const auto object = read(document(items(made, {{"a", "K\1"}}) + dictionary({{"b", "N"}}) + "b"));
  const auto& value = object.at(object.root);
  CHECK(value.kind == Kind::call);
  CHECK(value.parts.size() == 4);
  CHECK(value.state != pickle::no_value);
  std::vector<std::pair<pickle::Id, pickle::Id>> found;
  CHECK_FALSE(object.items(object.root, found));
  CHECK(object.describe(object.root) == "an object of posix.system");
}

TEST_CASE("pickle: an ordered dictionary is a dictionary unless elements are appended") {
  std::vector<std::pair<pickle::Id, pickle::Id>> items;
  const auto with = read(document(tmm::test::pickled::items(ordered(), {{"a", "N"}}) + "}b"));
  REQUIRE(with.items(with.root, items));
  CHECK(items.size() == 1);
  const auto python2 =
      read(document(call(global("collections", "OrderedDict"), {"](](" + text("k") + "K\1ee"})));
  REQUIRE(python2.items(python2.root, items));
  REQUIRE(items.size() == 1);
  CHECK(python2.at(items[0].second).integer == 1);
  const auto appended = read(document(ordered() + "Na"));
  CHECK_FALSE(appended.items(appended.root, items));
}

TEST_CASE("pickle: every beginning of a pickle is an error that says so") {
  const std::string whole =
      document(dictionary({{"w", tensor(storage("FloatStorage", "0", 4), 0, {4}, {1})}, {"x", real(1)}}));
  CHECK_NOTHROW(read(whole));
  for (std::size_t n = 1; n < whole.size(); ++n) {
    INFO(n);
    CHECK_THROWS_AS(read(whole.substr(0, n)), pickle::Truncated);
  }
  CHECK_THROWS_AS(read(""), tmm::FormatError);
}

TEST_CASE("pickle: malformed ones are refused with file, entry and byte") {
  static const std::string long_name = std::string("\x80\x02") + "c" + std::string(1100, 'm') + "\nn\n.";
  const auto [what, bytes] = GENERATE(table<const char*, std::string>({
      {"not a pickle of protocol 2 to 5", "}."},
      {"protocol 1 is none", "\x80\x01N."},
      {"protocol 6 is none", "\x80\x06N."},
      {"opcode 0x49", "\x80\x02I1\n."},
      {"opcode 0x69", "\x80\x02(ios\nsystem\n."},
      {"opcode 0x6f", "\x80\x02(o."},
      {"opcode 0x82", "\x80\x02\x82\x01."},
      {"opcode 0x97", "\x80\x05\x97."},
      {"opcode 0x56", "\x80\x02Vtext\n."},
      {"a value is missing", "\x80\x02."},
      {"a value is missing", "\x80\x02N(a."},
      {"a value is missing", "\x80\x02\x86."},
      {"a mark is missing", "\x80\x02t."},
      {"values are left over", "\x80\x02NN."},
      {"values are left over", "\x80\x02N(N."},
      {"has not been remembered", "\x80\x02h\x01."},
      {"is too large", "\x80\x02Nr\xff\xff\xff\xff."},
      {"a key is without its value", "\x80\x02}(Nu."},
      {"a key is without its value", "\x80\x02(Nd."},
      {"cannot take", "\x80\x02]NNs."},
      {"cannot take", "\x80\x02}Na."},
      {"cannot take", "\x80\x02K\x01Na."},
      {"arguments are no tuple", "\x80\x02Ncos\nsystem\n]R."},
      {"is no text", "\x80\x04NN\x93."},
      {"it ends in the middle",
       "\x80\x02X\xff\xff\xff\xff"
       "a."},
      {"it ends in the middle",
       "\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
       "a."},
      {"it ends in the middle",
       "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff"
       "N."},
      {"name is too long", long_name},
  }));
  INFO(what);
  CHECK_THROWS_AS(read(bytes), tmm::FormatError);
  CHECK_THROWS_WITH(read(bytes), Contains(what) && Contains("file.pt: data.pkl, byte "));
}

TEST_CASE("pickle: what takes much memory from few bytes is refused") {
  CHECK_THROWS_WITH(read(document(std::string(pickle::maximum_values + 1, ')') + "0")),
                    Contains("too many values"));
  CHECK_THROWS_WITH(read(document("N" + std::string(pickle::maximum_values + 1, '2'))),
                    Contains("at a time"));
  // The same hundred values again and again, each time as parts of a new tuple.
  std::string growing = "N";
  for (int i = 0; i < 5; ++i) growing += "22" + std::string("\x87", 1) + std::string(1, '2');
  CHECK_NOTHROW(read(document("(" + growing + "t")));
}

TEST_CASE("pickle: deep nesting and circles end") {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "]";
  for (int i = 0; i < 99999; ++i) deep += "a";
  CHECK_NOTHROW(read(document(deep)));
  const auto circle =
      read(document("]q\x01h\x01"
                    "a"s));
  CHECK(circle.at(circle.root).parts.at(0) == circle.root);
}

TEST_CASE("pickle: any bytes give a document or an error") {
  std::mt19937_64 random(7);
  const std::string whole = document(dictionary({{"w", tensor(storage("FloatStorage", "0", 4), 0, {4}, {1})},
                                                 {"x", real(1)},
                                                 {"y",
                                                  "]q\1h\1"
                                                  "a"}}));
  std::size_t read_well = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = whole;
    for (std::size_t k = 1 + random() % 4; k > 0; --k)
      bytes[2 + random() % (bytes.size() - 2)] = static_cast<char>(random());
    try {
      const auto document = read(bytes);
      for (pickle::Id id = 0; id < document.values.size(); ++id)
        for (const pickle::Id part : document.at(id).parts) REQUIRE(part < document.values.size());
      ++read_well;
    } catch (const tmm::FormatError&) {
    }
  }
  CHECK(read_well > 1000);
}
