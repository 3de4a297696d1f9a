// SPDX-License-Identifier: MIT
#include "io/report/packed_numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "io/json/json_text.hpp"

namespace tmm::io {

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8U | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) text += j <= have ? digits[group >> (18 - 6 * j) & 63U] : '=';
  }
  return text;
}

std::string packed_taps(const std::vector<double>& taps) {
  const bool single =
      std::ranges::all_of(taps, [](double w) { return static_cast<double>(static_cast<float>(w)) == w; });
  return json_line({{"type", single ? "\"f4\"" : "\"f8\""},
                    {"data", single ? packed<float>(taps) : packed<double>(taps)}});
}

}  // namespace tmm::io
