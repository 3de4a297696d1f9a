// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/sweep/sweep.hpp"

namespace tmm::apps {

/// The study that a TOML file describes. Its keys are options of `tmm train`, the same in all runs; a list
/// makes an axis of an option (of --text, which takes a list of files, a list of lists). A table [AXIS] is an
/// axis of several options at a time: NAME = { OPTION = VALUE, … } for each of its values, which go before
/// those at the top. Tables come first among the axes, each kind in the order of the file. Paths are seen
/// from the file's folder; `folder`: from where those of the record are seen. Throws FileError; FormatError
/// with the line for what is not TOML, a key that is no option, a value that its option refuses, an axis
/// without values or within an axis, an option of two axes, and as io::check_sweep does.
io::Sweep read_study(const std::string& path, const std::string& folder);

}  // namespace tmm::apps
