// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "analysis/measures/report.hpp"

namespace tmm::io {

/// What an analysis found of one operator, as bytes for another process of this program on machines of one
/// byte order. The taps and what else was known before are not in it.
std::string operator_message(const analysis::OperatorReport& report);

/// Its inverse; `layer`: of which the operator is. The report writes the same documents as the one that was
/// sent. Throws FormatError, std::runtime_error for other bytes.
analysis::OperatorReport read_operator_message(std::string_view bytes, const model::LayerOperator& layer);

}  // namespace tmm::io
