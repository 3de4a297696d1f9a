// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/measures/report.hpp"
#include "io/hdf5/array_file.hpp"

namespace tmm::io {

/// The datasets of one operator in a result (result_store.hpp lists them) below `group`, which is made.
/// `key`: what tells it from other analyses of other taps (operator_key).
void write_operator(ArrayWriter& file, const std::string& group, const analysis::OperatorReport& report,
                    const std::string& key);

/// One operator as it was written.
struct StoredOperator {
  std::string key;
  analysis::OperatorReport report;
};

/// Reads the operators of these groups, in order, as many as are there: the first that is missing ends it.
/// They come in batches, so that memory does not grow with their number. Throws FileError, FormatError naming
/// file and dataset: arrays of other types or sizes, JSON that is not as tmm writes it.
void read_operators(const InputFile& file, std::span<const std::string> groups,
                    const std::function<void(std::size_t, StoredOperator&&)>& take);

/// Texts that the numbers in status and method datasets point into: separated by blanks, one a line.
std::string status_names();
std::string method_names();

/// One a line.
std::string joined(const std::vector<std::string>& texts);

}  // namespace tmm::io
