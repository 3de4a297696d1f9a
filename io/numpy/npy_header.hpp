// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "io/hdf5/dataset_info.hpp"

namespace tmm::io::numpy {

/// What stands before the numbers of an array in numpy's form (.npy).
struct Header {
  DatasetInfo info;            ///< its path is empty
  std::uint64_t offset = 0;    ///< of the numbers, in bytes from the beginning
  bool fortran_order = false;  ///< first index fastest
  bool big_endian = false;
};

constexpr std::size_t preamble_bytes = 12;           ///< enough for header_bytes
constexpr std::uint64_t maximum_header = 1U << 20U;  ///< bytes

/// Whether `start` begins as the form does.
bool has_magic(std::string_view start);

/// Bytes before the numbers, from the first preamble_bytes of an array. Throws FormatError naming `file` and
/// `entry`: not this form, of a version other than 1 to 3, a header of more than maximum_header.
std::uint64_t header_bytes(std::string_view start, const std::string& file, const std::string& entry);

/// Reads and checks the header, strictly: a dictionary with the keys descr, fortran_order and shape alone,
/// padded with blanks; `size` bytes altogether, neither more nor fewer than header and numbers need. Types:
/// b1, i1 … i8, u1 … u8, f2, f4, f8; what else has a size (complex numbers, texts, raw bytes) is
/// Element::other. Source: the documentation of numpy.lib.format. Throws FormatError naming `file` and
/// `entry`; for arrays of Python objects and of records with what to do.
Header read_header(std::string_view start, std::uint64_t size, const std::string& file,
                   const std::string& entry);

/// Turns the bytes of each number of `width` bytes round.
void swap_bytes(std::span<std::byte> numbers, std::size_t width);

}  // namespace tmm::io::numpy
