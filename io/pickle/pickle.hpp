// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace tmm::io::pickle {

/// A value by its number in a Document.
using Id = std::uint32_t;
constexpr Id no_value = ~Id{0};

/// What a pickle says a value is. Nothing is looked up, imported or called: a global is its name, a call is
/// what would be called and with what, and stays so.
enum class Kind : std::uint8_t {
  none,
  boolean,     ///< Value::integer 0 or 1
  integer,     ///< Value::integer
  big,         ///< an integer beyond 64 bits; Value::text its bytes
  real,        ///< Value::real
  text,        ///< Value::text
  bytes,       ///< Value::text
  tuple,       ///< Value::parts, in order
  list,        ///< likewise
  set,         ///< likewise
  dictionary,  ///< Value::parts: key, value, key, value, …
  global,      ///< Value::text the module, Value::name the name in it
  call,  ///< Value::parts: what is called, its arguments (a tuple); then items that were set: key, value, …
  persistent,  ///< Value::parts: the identity of an object that is stored elsewhere
};

struct Value {
  Kind kind = Kind::none;
  bool changed = false;  ///< a call whose result got elements appended
  union {
    std::int64_t integer = 0;
    double real;
  };
  std::string_view text, name;
  std::vector<Id> parts;
  Id state = no_value;  ///< what BUILD gave to it: attributes, which may change what it is
};

/// What one pickle builds. Texts are views into the bytes it was read from. Values may contain each other in
/// circles.
struct Document {
  std::vector<Value> values;
  Id root = no_value;
  std::size_t end = 0;  ///< first byte behind it

  [[nodiscard]] const Value& at(Id id) const { return values.at(id); }
  /// Whether `id` is the global MODULE.NAME.
  [[nodiscard]] bool is_global(Id id, std::string_view module, std::string_view name) const;
  /// What `id` is, in words: "a dictionary", "an object of posix.system".
  [[nodiscard]] std::string describe(Id id) const;
  /// Keys and values of a dictionary or collections.OrderedDict that nothing but items were given to; false
  /// for any other value.
  [[nodiscard]] bool items(Id id, std::vector<std::pair<Id, Id>>& found) const;
};

/// The pickle ends in the middle.
class Truncated : public FormatError {
  using FormatError::FormatError;
};

constexpr std::size_t maximum_values = std::size_t{2} << 20U;  ///< of a document; of its stack; of its memo
constexpr std::size_t maximum_links = std::size_t{8} << 20U;   ///< of values to their parts

/// Reads the pickle that begins at bytes[first], of protocol 2 to 5, and nothing behind it. Opcodes are those
/// that protocols 2 and later write for plain data, globals, calls, attributes and persistent identities;
/// every other one is an error. Source: the comments of Lib/pickletools.py in CPython.
/// Throws FormatError naming `file`, `entry` and the byte; Truncated if `bytes` end before the pickle.
Document read(std::string_view bytes, std::size_t first, const std::string& file, const std::string& entry);

}  // namespace tmm::io::pickle
