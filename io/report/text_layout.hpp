// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tmm::io {

/// Columns of a terminal that UTF-8 text takes: one a code point (nothing printed here is wide or combining).
std::size_t display_width(std::string_view text);

/// `text`, or its two ends with "…" between them, in at most `width` ≥ 1 columns.
std::string shorten_middle(std::string_view text, std::size_t width);

/// What becomes of a word longer than a line: shortened in the middle, or kept whole (names of files).
enum class LongWords { shorten, keep };

/// Words of `text` in lines of at most `width` columns, each ended by \n; lines after the first are indented
/// by `indent` blanks.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent = 0,
                 LongWords long_words = LongWords::shorten);

/// A column of a table: a heading of two lines and its cells.
struct TextColumn {
  std::string heading[2];
  bool left_aligned = false;
  std::vector<std::string> cells;

  [[nodiscard]] std::size_t width() const;
};

/// Columns of the terminal that the table takes with `gap` blanks between its columns.
std::size_t layout_width(const std::vector<TextColumn>& columns, std::size_t gap = 2);

/// Lines of the table, the two of the heading first (one, if the first is empty in every column), without
/// line ends or trailing blanks.
std::vector<std::string> layout_columns(const std::vector<TextColumn>& columns, std::size_t gap = 2);

}  // namespace tmm::io
