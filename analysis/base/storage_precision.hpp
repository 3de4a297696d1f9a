// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace tmm::analysis {

/// Largest relative error of rounding to nearest in a storage type.
struct StoragePrecision {
  std::string_view name;
  double unit_roundoff;
};

/// The precisions at which effective indices are reported.
inline constexpr std::array<StoragePrecision, 3> storage_precisions{
    {{"float32", 0x1p-24}, {"bfloat16", 0x1p-8}, {"float16", 0x1p-11}}};

}  // namespace tmm::analysis
