// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace tmm::test {

/// Little-endian bytes of a number.
inline std::string le(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

/// The checksum of zip archives (ISO 3309), bit by bit.
inline std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

/// A member of a zip archive as it shall be written; what is not given is as it should be.
struct ZipMember {
  std::string name, data;                  // data as stored
  std::uint64_t size = ~std::uint64_t{0};  // claimed, unpacked
  int method = 0, flags = 0;
  std::uint32_t crc = 0;     // 0: the right one
  std::int64_t header = -1;  // where the table says the member begins
};

/// Bytes of an archive, written by hand so that it can be wrong.
inline std::string zip_bytes(const std::vector<ZipMember>& members) {
  std::string bytes, table;
  for (const ZipMember& m : members) {
    const std::uint64_t size = m.size == ~std::uint64_t{0} ? m.data.size() : m.size;
    const std::uint64_t begin = m.header < 0 ? bytes.size() : static_cast<std::uint64_t>(m.header);
    const std::string about = le(20, 2) + le(static_cast<unsigned>(m.flags), 2) +
                              le(static_cast<unsigned>(m.method), 2) + le(0, 2) + le(0x21, 2) +
                              le(m.crc == 0 ? crc32(m.data) : m.crc, 4) + le(m.data.size(), 4) + le(size, 4) +
                              le(m.name.size(), 2) + le(0, 2);
    table +=
        "PK\x01\x02" + le(20, 2) + about + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(begin, 4) + m.name;
    if (m.header < 0) bytes += "PK\x03\x04" + about + m.name + m.data;
  }
  const std::uint64_t at = bytes.size();
  return bytes + table + "PK\x05\x06" + le(0, 4) + le(members.size(), 2) + le(members.size(), 2) +
         le(table.size(), 4) + le(at, 4) + le(0, 2);
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// `data` in the form of deflate, in stored blocks: packed in name alone.
inline std::string deflate_stored(const std::string& data) {
  std::string packed;
  for (std::size_t i = 0; i == 0 || i < data.size(); i += 65535) {
    const std::string block = data.substr(i, 65535);
    packed += static_cast<char>(i + 65535 >= data.size() ? 1 : 0);
    packed += le(block.size(), 2) + le(~block.size() & 0xFFFFU, 2) + block;
  }
  return packed;
}

}  // namespace tmm::test
