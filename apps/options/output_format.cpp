// SPDX-License-Identifier: MIT
#include "apps/options/output_format.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "model/base/text.hpp"

namespace tmm::apps {

std::string output_format(const std::string& format, const std::string& output, const std::string& otherwise,
                          bool for_papers) {
  if (!format.empty()) return format;
  if (output.empty()) return "table";
  const std::string name = std::filesystem::path(output).filename();
  const std::size_t dot = name.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : CLI::detail::to_lower(name.substr(dot + 1));
  if (ending.empty()) return otherwise;
  if (ending == "txt") return "table";
  if (for_papers && ending == "tex") return "latex";
  if (for_papers && ending == "md") return "markdown";
  if (for_papers && ending == "jsonl") return ending;
  if (ending == "json" || ending == "csv" || ending == "html") return ending;
  const bool hdf5 = ending == "h5" || ending == "hdf5";
  throw CLI::ValidationError(
      "-o", model::printable(name) + " names no format that -o writes: end it in .json, .csv, .html" +
                (for_papers ? ", .tex, .md" : "") + " or .txt (a table), or add --format" +
                (hdf5 ? "; analyze --hdf5 FILE writes HDF5" : ""));
}

std::string check_file_name(const std::string& name) {
  return name.empty() ? "the name of a file is expected, found an empty one" : "";
}

}  // namespace tmm::apps
