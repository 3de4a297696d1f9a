// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "io/checkpoint/checkpoint.hpp"
#include "model/checkpoint/architecture.hpp"

namespace tmm::io {

/// The family that outputs do not mention.
inline constexpr std::string_view tmm_name = "TMM";

/// What `tmm info` prints: file, attributes, network, sizes, parameter count, storage types, what is missing.
/// Lines of at most 80 columns where names allow it; long lists are cut, saying how much. Everything that
/// comes from the file is made printable.
std::string info_table(const CheckpointHeader& header, const model::Architecture& architecture);

/// The same as JSON (schema_version 1), lists complete; sizes that the file does not show are null. There is
/// no digest of the file, as only its header has been read.
std::string info_json(const CheckpointHeader& header, const model::Architecture& architecture);

/// Network, variant and sizes in one line: "causal language model, heads token mixing, 8 blocks, H = 4,
/// n = 256, d = 128"; with a container (CheckpointHeader), `, names below "model."` too.
std::string architecture_line(const model::Architecture& architecture, const std::string& container = {});

}  // namespace tmm::io
