// SPDX-License-Identifier: MIT
#include "apps/progress_bar.hpp"

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
  remark("\r[{}{}] {}/{} {}", std::string(filled, '#'), std::string(cells - filled, '.'), done, total, unit_);
  drawn_ = true;
  last_ = now;
}

}  // namespace tmm::apps
