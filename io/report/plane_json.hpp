// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/pseudospectra/plane.hpp"
#include "io/json/json_cursor.hpp"
#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// The member "pseudospectra" of an operator: {"re", "im", "log10_resolvent", "relative_error",
/// "winding_number"}, row by row of Im λ, and "points" by the names of measures. A norm that is not known has
/// null and null, an infinite one (λ = w_0) null and the error 0.
std::string plane_json(const analysis::Plane& plane, ReportArrays arrays, int depth);

/// Its inverse; `stored`: the grid, where it is null there. Throws FormatError naming the member.
analysis::Plane read_plane(const JsonCursor& at, const analysis::Plane* stored = nullptr);

/// N(λ) as doubles, NaN where it is not certified; and back. Throws std::runtime_error for other numbers.
std::vector<double> winding_numbers(const analysis::Plane& plane);
void set_winding_numbers(analysis::Plane& plane, std::span<const double> numbers);

/// Whether the arrays are as long as columns and rows say.
bool is_whole(const analysis::Plane& plane);

}  // namespace tmm::io
