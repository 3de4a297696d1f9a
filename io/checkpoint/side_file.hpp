// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "model/checkpoint/assumptions.hpp"

namespace tmm::io {

/// `given`, with questions that it leaves open answered by metrics.json or config.json in the folder of the
/// checkpoint `path` (in it, where it is a folder): do_toep_mean, clm_encoder and unroll, true or false, at
/// the top of the document or below "config". A file that is no JSON object is of something else, and left
/// alone. Throws FormatError for such a member that is neither true nor false.
model::Assumptions with_answers_beside(model::Assumptions given, const std::string& path);

}  // namespace tmm::io
