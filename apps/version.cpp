// SPDX-License-Identifier: MIT
#include "apps/version.hpp"

#include <CLI/Version.hpp>

#include "analysis/base/library_versions.hpp"
#include "io/report/library_versions.hpp"

namespace tmm::apps {

std::vector<std::pair<std::string, std::string>> library_versions() {
  // Header-only libraries and FFTW: as compiled in.
  std::vector<std::pair<std::string, std::string>> libraries = {
      {"Eigen", TMM_EIGEN_VERSION}, {"FFTW", TMM_FFTW_VERSION}, {"CLI11", CLI11_VERSION}};
  for (const auto& list : {analysis::library_versions(), io::library_versions()})
    libraries.insert(libraries.end(), list.begin(), list.end());
  return libraries;
}

std::string version_text() {
  std::string text = std::string("tmm ") + TMM_VERSION;
  for (const auto& [library, version] : library_versions()) text += "\n  " + library + " " + version;
  return text;
}

}  // namespace tmm::apps
