// SPDX-License-Identifier: MIT
#include "io/report/text_layout.hpp"

#include <algorithm>

namespace tmm::io {
namespace {

bool starts_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

/// Byte position of code point `index`.
std::size_t byte_of(std::string_view text, std::size_t index) {
  std::size_t position = 0;
  for (; position < text.size(); ++position)
    if (starts_code_point(text[position]) && index-- == 0) break;
  return position;
}

std::string pad(const std::string& text, std::size_t width, bool left_aligned) {
  const std::string blanks(width - display_width(text), ' ');
  return left_aligned ? text + blanks : blanks + text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

std::string shorten_middle(std::string_view text, std::size_t width) {
  const std::size_t length = display_width(text);
  if (length <= width) return std::string(text);
  const std::size_t front = (width - 1) / 2, back = width - 1 - front;
  return std::string(text.substr(0, byte_of(text, front))) + "…" +
         std::string(text.substr(byte_of(text, length - back)));
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent, LongWords long_words) {
  std::string lines;
  std::size_t column = 0;
  bool line_is_empty = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word = long_words == LongWords::keep
                                 ? std::string(text.substr(0, end))
                                 : shorten_middle(text.substr(0, end), width - indent);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line_is_empty && column + 1 + display_width(word) > width) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
      line_is_empty = true;
    }
    if (!line_is_empty) lines += ' ', ++column;
    lines += word;
    column += display_width(word);
    line_is_empty = false;
  }
  return lines + "\n";
}

std::size_t TextColumn::width() const {
  std::size_t width = std::max(display_width(heading[0]), display_width(heading[1]));
  for (const std::string& cell : cells) width = std::max(width, display_width(cell));
  return width;
}

std::size_t layout_width(const std::vector<TextColumn>& columns, std::size_t gap) {
  std::size_t width = columns.empty() ? 0 : gap * (columns.size() - 1);
  for (const TextColumn& column : columns) width += column.width();
  return width;
}

std::vector<std::string> layout_columns(const std::vector<TextColumn>& columns, std::size_t gap) {
  std::vector<std::string> lines(columns.empty() ? 0 : columns.front().cells.size() + 2);
  for (const TextColumn& column : columns) {
    const std::size_t width = column.width();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& cell = i < 2 ? column.heading[i] : column.cells.at(i - 2);
      lines[i] +=
          std::string(&column == &columns.front() ? 0 : gap, ' ') + pad(cell, width, column.left_aligned);
    }
  }
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  if (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  return lines;
}

}  // namespace tmm::io
