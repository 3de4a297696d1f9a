// SPDX-License-Identifier: MIT
#include "apps/progress_bar.hpp"

#include <fmt/format.h>

#include <string>

#include "apps/standard_streams.hpp"

namespace tmm::apps {

ProgressBar::~ProgressBar() {
  if (!drawn_) return;
  write_remark("\r\033[K");
}

void ProgressBar::update(std::size_t done, std::size_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (!enabled_ || (drawn_ && done < total && now - last_ < std::chrono::milliseconds(100))) return;
  constexpr std::size_t cells = 40;
  const std::size_t filled = total == 0 ? cells : cells * done / total;
  std::string rest;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  if (seconds > 1 && done > 0 && done < total) {
    const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
    rest = left < 90 ? fmt::format(", {:.0f} s left", left) : fmt::format(", {:.0f} min left", left / 60);
  }
  remark("\r[{}{}] {}/{} {}{}\033[K", std::string(filled, '#'), std::string(cells - filled, '.'), done, total,
         unit_, rest);
  drawn_ = true;
  last_ = now;
}

void ProgressBars::operator()(const char* unit, std::size_t done, std::size_t total) {
  if (!bar_ || unit_ != unit || done <= last_) {
    bar_.reset();
    bar_.emplace(enabled_, unit);
    unit_ = unit;
  }
  last_ = done;
  bar_->update(done, total);
}

}  // namespace tmm::apps
