// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/measures/report.hpp"

namespace tmm::io {

/// The measures of very many operators, a column each: about 30 bytes for a number. Rows are operators in the
/// order in which they come; one that lacks a measure leaves its place empty.
class MeasureColumns {
 public:
  void add(const std::vector<analysis::NamedMeasure>& measures);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// In order of first appearance.
  [[nodiscard]] std::vector<std::string> ids() const;
  /// Characters of the longest text of column k.
  [[nodiscard]] std::size_t longest(std::size_t k) const { return columns_.at(k).longest; }
  /// Column k for the page, numbers as base64 of little-endian values:
  ///   ways   [[status, "" or of a bound "upper" or "lower", method], …], null for an empty place
  ///   way    (u1, u2 or u4) place in ways of every row; left out where there is one way only
  ///   text   every number as the terminal table prints it, separated by blanks
  ///   value  (f8) the number or, by its way, the bound; NaN without. Left out where the texts say it exactly
  ///   error  (f4, rounded up), or error_f8 where floats do not reach; left out where all are 0
  [[nodiscard]] std::string json(std::size_t k) const;

 private:
  struct Column {
    std::string id;
    std::vector<double> values;
    std::vector<double> errors;
    std::vector<std::uint32_t> way;
    std::vector<std::string> ways;                // JSON
    std::map<std::string, std::uint32_t> places;  // in ways
    std::string texts;
    std::size_t longest = 0;
    bool texts_say_values = true;
  };
  Column& column(std::size_t guess, const std::string& id);
  static void append(Column& column, double value, double error, const std::string& way,
                     const std::string& text);

  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace tmm::io
