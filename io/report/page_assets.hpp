// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tmm::io {

/// The files of io/report/page/ and the chart library, as embedded by CMake.
struct PageAssets {
  std::string_view html, css;
  std::string_view css_of_volume, css_of_network;  ///< besides, of very many operators, of a whole network
  /// Parts of the script: the first, that of the page's kind, that of what runs have cost and can do,
  /// that of curves along a trajectory, that of the heading, and the last.
  std::string_view first, of_operators, of_volume, of_comparison, of_training, of_study, of_runs, of_steps,
      of_jacobian, of_repair, heading, heading_of_network, last;
  std::string_view plotly;  ///< empty if it was not there when this program was built
};

const PageAssets& page_assets();

}  // namespace tmm::io
