// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "analysis/jacobian/network_jacobian.hpp"

namespace tmm::io {

/// Texts of a derivative that the terminal's table and the page show alike.

/// A measure over samples: its mean in its known digits, or the bound or sign that stands for all samples;
/// standard deviation, least, most (empty where fewer than two are known); "KNOWN of SAMPLES".
std::array<std::string, 5> summary_cells(const analysis::SampleSummary& summary);

/// Positions first … last together: root mean squares over them of ‖∂z/∂x_t‖ (means over samples), "<FLOOR"
/// where none is known.
struct PositionGroup {
  std::size_t first = 0, last = 0;
  std::string frobenius, norm2;
};

/// All positions in at most eight groups.
std::vector<PositionGroup> position_groups(const analysis::NetworkJacobian& jacobian);

}  // namespace tmm::io
