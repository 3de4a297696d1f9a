// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tmm::io {

/// Numbers and texts in a row of bytes, for two processes of the same program.
class MessageWriter {
 public:
  void number(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// The same read back, from a sender that may have lost its mind: every length is checked.
class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  /// Throws std::runtime_error where the message ends too early.
  std::uint64_t number() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  /// Number of items that follow, each at least `item` bytes long.
  std::size_t count(std::size_t item) {
    const std::uint64_t value = number();
    if (value > rest_.size() / item) throw std::runtime_error("message is too short");
    return value;
  }

 private:
  std::string_view take(std::uint64_t length) {
    if (length > rest_.size()) throw std::runtime_error("message is too short");
    const std::string_view piece = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return piece;
  }

  std::string_view rest_;
};

}  // namespace tmm::io
