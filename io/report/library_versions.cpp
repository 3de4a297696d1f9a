// SPDX-License-Identifier: MIT
#include "io/report/library_versions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analysis/base/library_versions.hpp"
#include "io/hdf5/hdf5.hpp"

namespace tmm::io {

std::string program_version() {
  return TMM_VERSION;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
  unsigned major = 0, minor = 0, release = 0;
  hdf5::initialize();
  H5get_libversion(&major, &minor, &release);
  std::vector<std::pair<std::string, std::string>> libraries{{"Eigen", TMM_EIGEN_VERSION},
                                                             {"FFTW", TMM_FFTW_VERSION}};
  for (auto& library : analysis::library_versions()) libraries.push_back(std::move(library));
  libraries.emplace_back("HDF5", fmt::format("{}.{}.{}", major, minor, release));
  libraries.emplace_back("nlohmann-json",
                         fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                     NLOHMANN_JSON_VERSION_PATCH));
  return libraries;
}

}  // namespace tmm::io
