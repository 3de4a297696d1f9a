// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tmm::io {

/// A result file that does not exist yet. Everything that would stop the writing is found when the object is
/// made, before any work is done; the file appears only with write(), whole.
///
/// What is there already is kept: an existing file is replaced only with `force`, and never if it is one of
/// `inputs` (under any name: hard and symbolic links count; with the shards behind an index) or not a regular
/// file. A symbolic link counts as a file that exists, wherever it leads or fails to lead: with `force` the
/// link is replaced, and the file behind it stays as it is.
class OutputFile {
 public:
  /// Throws FileError naming the path: exists (without force), is an input, is a folder or device, or its
  /// folder is missing or not writable.
  OutputFile(std::string path, bool force, std::span<const std::string> inputs);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Throws FileError saying `what` if `other` is this file, under any name; neither need exist yet.
  void require_apart(const std::string& other, const std::string& what) const;
  /// Writes atomically; a file that has appeared meanwhile is replaced only with force. Throws FileError.
  void write(std::string_view content) const;
  /// The same of what `produce` hands to the function that it is given, piece by piece.
  void write(const std::function<void(const std::function<void(std::string_view)>&)>& produce) const;

 private:
  void require_other(const std::string& input) const;
  void require_replaceable() const;

  std::string path_;
  bool force_;
};

}  // namespace tmm::io
