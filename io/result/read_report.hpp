// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "io/files/input_file.hpp"
#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// Reads back what `tmm analyze` saved as JSON or HDF5 (told apart by content): the same numbers bit for bit,
/// so that report_json(read_report(FILE)) is the JSON of FILE byte by byte. Not kept: the arcs of a
/// certificate.
///
/// The file may be anybody's. Its size is checked against memory_limit() first; depth, number of fields,
/// types and ranges are checked, no key may stand twice, and what is read is written again and compared: a
/// field that this version does not know, a summary that does not fit its operators, a value that contradicts
/// its mantissa are errors. Throws FileError, FormatError naming the file and the place
/// ("models[0].operators[3].n").
AnalysisReport read_report(const std::string& path);

/// The same for many operators: they are taken one by one, in order, and the report is returned without them.
/// Of HDF5, memory does not grow with their number.
AnalysisReport read_report(const std::string& path,
                           const std::function<void(std::size_t model, analysis::OperatorReport&&)>& take);

/// Whether a file is such a result, by its first bytes or its schema; false for what cannot be read.
bool is_report(const InputFile& file);

/// The same from JSON text; `file` is for messages.
AnalysisReport parse_report(const std::string& json, const std::string& file);

}  // namespace tmm::io
