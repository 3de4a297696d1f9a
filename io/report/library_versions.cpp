// SPDX-License-Identifier: MIT
#include "io/report/library_versions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "io/hdf5/hdf5.hpp"

namespace tmm::io {

std::vector<std::pair<std::string, std::string>> library_versions() {
  unsigned major = 0, minor = 0, release = 0;
  hdf5::initialize();
  H5get_libversion(&major, &minor, &release);
  return {{"HDF5", fmt::format("{}.{}.{}", major, minor, release)},
          {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)}};
}

}  // namespace tmm::io
