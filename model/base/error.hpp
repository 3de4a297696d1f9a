// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace tmm {

/// What an error message must tell a user: where it happened, what was expected, what was found, what to do.
/// Empty fields are left out of the message.
struct ErrorContext {
  std::string file;      ///< path as the user gave it
  std::string dataset;   ///< tensor or dataset inside the file
  std::string expected;  ///< what would have been accepted
  std::string found;     ///< what was there instead
  std::string hint;      ///< what the user can do about it
};

/// Base of everything that bad input raises. what() is one line (plus indented lists where something is
/// listed): `FILE: DATASET: SUMMARY (expected …, found …). HINT`.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& summary, ErrorContext context = {});
  [[nodiscard]] const std::string& summary() const noexcept { return summary_; }
  [[nodiscard]] const ErrorContext& context() const noexcept { return context_; }

 private:
  std::string summary_;
  ErrorContext context_;
};

/// A file cannot be opened, read, or written at all.
class FileError : public Error {
  using Error::Error;
};

/// A file is readable, but what it holds is not what was asked for (wrong rank, missing tensor, NaN weight
/// …).
class FormatError : public Error {
  using Error::Error;
};

/// A caller broke a documented precondition of the library, or a command line asks for something impossible.
class ArgumentError : public Error {
  using Error::Error;
};

}  // namespace tmm
