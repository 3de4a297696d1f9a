// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "io/zip/zip_files.hpp"

/// Pieces of pickles, protocol 2: what the opcodes leave on the stack.
namespace tmm::test::pickled {

inline std::string text(const std::string& s) {
  return "X" + le(s.size(), 4) + s;
}
inline std::string integer(std::int64_t i) {
  return "\x8a\x08" + le(static_cast<std::uint64_t>(i), 8);
}
inline std::string real(double x) {
  return "G" + le(__builtin_bswap64(std::bit_cast<std::uint64_t>(x)), 8);
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::string>& parts) {
  std::string bytes = "(";
  for (const std::string& part : parts) bytes += part;
  return bytes + "t";
}
inline std::string integers(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> parts;
  for (const std::int64_t n : numbers) parts.push_back(integer(n));
  return tuple(parts);
}
inline std::string call(const std::string& callee, const std::vector<std::string>& arguments) {
  return callee + tuple(arguments) + "R";
}
inline std::string items(const std::string& container,
                         const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string bytes = container + "(";
  for (const auto& [key, value] : pairs) bytes += text(key) + value;
  return bytes + "u";
}
inline std::string dictionary(const std::vector<std::pair<std::string, std::string>>& pairs) {
  return items("}", pairs);
}
inline std::string document(const std::string& value) {
  return "\x80\x02" + value + ".";
}

inline std::string storage(const std::string& type, const std::string& key, std::int64_t count) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), integer(count)}) + "Q";
}
inline std::string ordered() {
  return call(global("collections", "OrderedDict"), {});
}
/// torch._utils._rebuild_tensor_v2 of a storage.
inline std::string tensor(const std::string& storage, std::int64_t offset,
                          const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {storage, integer(offset), integers(shape), integers(strides), "\x89", ordered()});
}

/// A file of torch.save with this object and these storages, "0", "1", ….
inline std::string torch_file(const std::string& object, const std::vector<std::string>& storages,
                              const std::string& byteorder = "little") {
  std::vector<ZipMember> members{{"archive/data.pkl", document(object)}, {"archive/byteorder", byteorder}};
  for (std::size_t i = 0; i < storages.size(); ++i)
    members.push_back({"archive/data/" + std::to_string(i), storages[i]});
  members.push_back({"archive/version", "3\n"});
  return zip_bytes(members);
}

}  // namespace tmm::test::pickled
