// SPDX-License-Identifier: MIT
#include "io/checkpoint/torch_legacy.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io::torch {
namespace {

using pickle::Document;
using pickle::Kind;

constexpr std::uint64_t maximum_pickles = 100'000'000;  // bytes of all of them
constexpr std::string_view magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
                                 legacy_magic_size);
constexpr std::int64_t protocol = 1001;

/// The pickles at the beginning of a file.
struct Pickles {
  std::string bytes;  // that the texts of the documents are views of
  Document system, object, keys;
  std::uint64_t end = 0;
};

[[noreturn]] void fail(const std::string& what, const InputFile& file, const std::string& found) {
  throw FormatError(what, {file.path(), "", "", found, ""});
}

/// Reads them from the first `size` bytes. The file says nowhere how long they are.
Pickles read_pickles(const InputFile& file, std::size_t size) {
  Pickles pickles;
  pickles.bytes = file.read(0, size);
  std::size_t position = 0;
  const auto next = [&](const char* name) {
    Document document = pickle::read(pickles.bytes, position, file.path(), name);
    position = document.end;
    return document;
  };
  next("number of torch.save");
  const Document version = next("protocol");
  if (version.at(version.root).kind != Kind::integer || version.at(version.root).integer != protocol)
    fail("unknown protocol of torch.save", file, version.describe(version.root));
  pickles.system = next("system");
  pickles.object = next("object");
  pickles.keys = next("keys of storages");
  pickles.end = position;
  return pickles;
}

Pickles read_pickles(const InputFile& file) {
  for (std::uint64_t size = std::uint64_t{1} << 20U;; size *= 4) {
    try {
      return read_pickles(file, std::min(size, maximum_pickles));
    } catch (const pickle::Truncated&) {
      if (size >= std::min(file.size(), maximum_pickles)) throw;
    }
  }
}

void require_little_endian(const Document& system, const InputFile& file) {
  std::vector<std::pair<pickle::Id, pickle::Id>> items;
  if (!system.items(system.root, items)) return;
  for (const auto& [key, value] : items)
    if (system.at(key).text == "little_endian" && system.at(key).kind == Kind::text &&
        !(system.at(value).kind == Kind::boolean && system.at(value).integer == 1))
      throw FormatError(
          "numbers are in another byte order",
          {file.path(), "", "little-endian", "", "Load and save it again on a little-endian machine"});
}

/// Bytes of a number, for each storage that the object refers to.
std::map<std::string, std::uint64_t> widths_of(const Document& object, const std::string& file) {
  std::map<std::string, std::uint64_t> widths;
  for (pickle::Id id = 0; id < object.values.size(); ++id)
    if (const auto storage = storage_of(object, id, file))
      widths.emplace(storage->key, storage->element_size);
  return widths;
}

}  // namespace

bool has_legacy_magic(std::string_view start) {
  return start.starts_with(magic);
}

Legacy read_legacy(const InputFile& file) {
  const Pickles pickles = read_pickles(file);
  require_little_endian(pickles.system, file);
  Legacy legacy;
  const auto widths = widths_of(pickles.object, file.path());
  std::uint64_t position = pickles.end;
  const auto& keys = pickles.keys.at(pickles.keys.root);
  if (keys.kind != Kind::list)
    fail("keys of storages are no list", file, pickles.keys.describe(pickles.keys.root));
  for (const pickle::Id id : keys.parts) {
    const std::string key(pickles.keys.at(id).text);
    const auto width = widths.find(key);
    if (pickles.keys.at(id).kind != Kind::text || width == widths.end())
      fail("storage that nothing refers to", file, model::printable(key));
    std::uint64_t count = 0;
    file.read_exactly(position, std::as_writable_bytes(std::span(&count, 1)));
    position += sizeof count;
    if (count > (file.size() - position) / width->second)
      fail("file ends before its data", file,
           "storage " + model::printable(key) + " of " + std::to_string(count));
    if (!legacy.places.try_emplace(key, Legacy::Place{position, count * width->second}).second)
      fail("two storages have one key", file, model::printable(key));
    position += count * width->second;
  }
  if (position != file.size())
    fail("bytes are left over", file, std::to_string(file.size() - position) + " after the last storage");
  legacy.contents = find_state(pickles.object, file.path());
  return legacy;
}

}  // namespace tmm::io::torch
