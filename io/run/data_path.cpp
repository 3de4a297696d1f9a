// SPDX-License-Identifier: MIT
#include "io/run/data_path.hpp"

#include <filesystem>
#include <optional>
#include <system_error>

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

/// The way from `folder`, which need not exist yet, to the existing file `path`, by the names the user knows
/// it by if these lead there, else by those without links.
std::optional<std::string> way(const fs::path& folder, const fs::path& path) {
  std::error_code error;
  const fs::path from = fs::weakly_canonical(fs::absolute(folder, error), error);
  const fs::path absolute = fs::absolute(path, error);
  for (const fs::path& to : {absolute.lexically_normal(), fs::weakly_canonical(absolute, error)}) {
    const fs::path relative = to.lexically_relative(from);
    if (!relative.empty() && fs::equivalent((from / relative).lexically_normal(), path, error))
      return relative.string();
  }
  return std::nullopt;
}

}  // namespace

std::string path_from(const std::string& folder, const std::string& path) {
  if (path.empty()) return path;
  if (fs::path(path).is_relative())
    if (const auto relative = way(folder, path)) return *relative;
  std::error_code error;
  const fs::path absolute = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : absolute.string();
}

std::string path_in(const std::string& folder, const std::string& stored) {
  if (stored.empty() || fs::path(stored).is_absolute()) return stored;
  const fs::path path = fs::path(folder) / stored;
  return path.is_relative() ? path.string() : way(".", path).value_or(path.string());
}

}  // namespace tmm::io
