// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// Paths of a run's data in its configuration. An absolute one stays what it is; a relative one is seen from
/// the folder of the configuration, so that a run and its text can be moved together.
namespace tmm::io {

/// `path`, as this process opens it, as a configuration in `folder` holds it. Of an absolute path, and where
/// no relative one leads from the folder to the same file, the absolute path without links.
std::string path_from(const std::string& folder, const std::string& path);

/// The other way: `stored` in a configuration in `folder` ("": the current one) as this process opens it. A
/// relative path stays relative, now to the current folder, where such a path leads to the same file.
std::string path_in(const std::string& folder, const std::string& stored);

}  // namespace tmm::io
