// SPDX-License-Identifier: MIT
#pragma once

#include "io/checkpoint/checkpoint.hpp"
#include "model/checkpoint/assumptions.hpp"

namespace tmm::io {

/// `given`, with questions that it leaves open answered by the root attributes "context", "clm_encoder" and
/// "mean_normalised" (true or false) of the file and by metrics.json or config.json in the folder of the
/// checkpoint (in it, where it is a folder): do_toep_mean, clm_encoder and unroll, true or false, at the top
/// of the document or below "config". A file that is no JSON object is of something else, and left alone.
/// Throws FormatError for such a member that is neither true nor false.
model::Assumptions with_answers_beside(model::Assumptions given, const CheckpointHeader& header);

}  // namespace tmm::io
