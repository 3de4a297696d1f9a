// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/layer_operator.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// Arrays of any network whose rows the caller declares to be taps of causal Toeplitz operators: shape (n),
/// (C, n) or (C, H, n), time last. The steps are applied in this order, each if asked for:
///   1. transpose     the stored array has time first: (n, C) becomes (C, n), (n, C, H) becomes (C, H, n)
///   2. reverse       w_k = v_{n−1−k}: the stored array ends with what multiplies the newest input
///   3. transform     softplus ln(1 + e^v), or soft threshold sign(v)·max(|v| − λ, 0)
///   4. add_to_first  a number for each row is added to w_0, exactly: w_0 = taps[0] + rest
struct TapsRequest {
  enum class Transform { none, softplus, soft_threshold };
  std::string glob;  ///< over tensor names, whole name, as fnmatch does: "*" matches dots too
  bool transpose = false;
  bool reverse = false;
  Transform transform = Transform::none;
  double threshold = 0;        ///< λ ≥ 0
  std::string add_to_first{};  ///< glob over the tensors to add; empty for none

  bool operator==(const TapsRequest&) const = default;
};

/// The steps in words and in order: "time first, reversed, softplus, plus *.D at tap 0"; empty for none.
std::string describe_steps(const TapsRequest& request);

/// An array that a glob matches and that holds no taps.
struct UnfitArray {
  std::string name;
  std::string why;  ///< "(2, 3, 4, 5)", "int64", …
};

/// Which tensors of a file a request means.
struct ChosenTaps {
  std::vector<std::string> weights;  ///< in name order
  std::vector<std::string> first;    ///< the tensor to add for each of them; empty without add_to_first
  std::vector<UnfitArray> unfit;     ///< match the glob, and have another shape
};

/// Looks at names and shapes only. A tensor of `add_to_first` belongs to the weight with which its name has
/// most of its leading parts in common (a single one belongs to all), and has one number for each row: (C) or
/// (C, H) but for extents of 1, or a single number for all. Throws FormatError naming `source`, and what
/// there is, for a glob that matches nothing, where no array fits, and where the additions do not pair up.
ChosenTaps choose_taps(std::span<const TensorInfo> tensors, const TapsRequest& request,
                       const std::string& source);

/// One operator for each row of the arrays `chosen.weights` of `state`: "NAME" for (n), "NAME[c]" for (C, n),
/// "NAME[c,h]" for (C, H, n). `derivation` and `tap_error_l1` say what the steps did to the stored numbers. A
/// dense triangular matrix (dense_matrix()) of four rows or more holds no taps: it goes to `chosen.unfit`,
/// unless `accept_dense`. Throws FormatError for numbers that are not finite, stored or computed.
std::vector<LayerOperator> explicit_operators(const StateDict& state, const TapsRequest& request,
                                              ChosenTaps& chosen, bool accept_dense = false);

}  // namespace tmm::model
