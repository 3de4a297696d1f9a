// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tmm::apps {

/// A bar on standard error, drawn over itself at most ten times a second and wiped at the end. After a second
/// it estimates the rest from the time that what is done took.
class ProgressBar {
 public:
  /// `unit`: what is counted, in the plural; a literal.
  explicit ProgressBar(bool enabled, const char* unit = "operators") : enabled_(enabled), unit_(unit) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  void update(std::size_t done, std::size_t total);

 private:
  bool enabled_;
  const char* unit_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now(), last_{};
};

/// Bars for work in several phases, each told by what is counted: an io::WorkProgress.
class ProgressBars {
 public:
  explicit ProgressBars(bool enabled) : enabled_(enabled) {}
  void operator()(const char* unit, std::size_t done, std::size_t total);
  void end() { bar_.reset(); }  ///< wipes what is drawn

 private:
  bool enabled_;
  std::string_view unit_;
  std::size_t last_ = 0;  // done; less begins anew
  std::optional<ProgressBar> bar_;
};

}  // namespace tmm::apps
