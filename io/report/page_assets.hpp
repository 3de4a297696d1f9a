// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tmm::io {

/// The files of io/report/page/ and the chart library, as embedded by CMake.
struct PageAssets {
  std::string_view html, css, script;
  std::string_view plotly;  ///< empty if it was not there when this program was built
};

const PageAssets& page_assets();

}  // namespace tmm::io
