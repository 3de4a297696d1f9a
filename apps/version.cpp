// SPDX-License-Identifier: MIT
#include "apps/version.hpp"

#include <CLI/Version.hpp>

#include "io/report/library_versions.hpp"
#include "io/sandbox/system_call_filter.hpp"

namespace tmm::apps {

std::vector<std::pair<std::string, std::string>> library_versions() {
  auto libraries = io::library_versions();  // Eigen and FFTW first
  libraries.insert(libraries.begin() + 2, {"CLI11", CLI11_VERSION});
  return libraries;
}

std::string version_text() {
  std::string text = "tmm " + io::program_version();
  for (const auto& [library, version] : library_versions()) text += "\n  " + library + " " + version;
  if (!io::filters_system_calls())
    text += "\n  no seccomp: what reads HDF5 and zip files may make any system call (see SECURITY.md)";
  return text;
}

}  // namespace tmm::apps
