// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "analysis/measures/report.hpp"

namespace tmm::io {

/// Pieces of the report page (io/report/page/): everything a page shows is made here, the page only draws.

/// JSON text that may stand inside <script type="application/json">: no "<", ">" or "&" is left in it, so
/// that no name of a tensor can end the element; line starts are stripped of blanks.
std::string embeddable_json(std::string_view json);

/// {"label": …, "texts": {ID: TEXT, …}, "sections": [{ID: TEXT, …}, …]}: an operator's short name, and every
/// measure as the terminal table prints it, cut at its error and a bound on its safe side; the same of its
/// leading sections, those that a card shows, if there are any.
std::string page_operator_json(const analysis::OperatorReport& report);

/// Arrays of one operator for its charts, numbers as base64 of little-endian values:
///   taps      {"type": "f4" or "f8" (exact either way), "data"}
///   sigma     {"value" (f8) or "mantissa" (f8) and "exponent" (i4) where doubles cannot hold all, "digits"
///   (u1: how
///             many are known, 0 for a bound), "status": [[name, how many], …], "method": likewise}
///   quantiles (f4) of |a|, from 0 to 1
///   zeros     {"re", "im" (f8), "radius" (f4, rounded up)}: those with im ≥ 0; the others are their
///   conjugates
///   plane     where asked for: {"re", "im" (f8), "log10_resolvent" (f4, by rows of im), "winding_number":
///             [[N or null, how many], …], "labels": [[N, re, im], …] of the largest regions}, at most 161 ×
///             81
/// What was not computed is null. Curves are computed from the taps by the page.
std::string page_arrays_json(const analysis::OperatorReport& report);

}  // namespace tmm::io
