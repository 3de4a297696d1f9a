// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/layer_operator.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// How the operators of a family are before training: stored numbers r ~ N(0, deviation(n)²), rounded to
/// float32, taps tap(r). Where that is not known, or says nothing of taps, `without` says why in a sentence.
struct NullModel {
  std::string without;  ///< empty where there is one
  double (*deviation)(std::size_t n) = nullptr;
  double (*tap)(double stored) = nullptr;
  std::string words;  ///< "w_k ~ N(0, 2/n)"
};

/// √(2/n), taps as stored: how the reference draws the Toeplitz weights of a TMM.
NullModel reference_null_model();

/// One architecture of networks with causal layers over time: which tensors it has, what they are, and what
/// must be said of it. A family is one file of this folder and one line in families.cpp; it knows of no
/// other.
class Family {
 public:
  virtual ~Family() = default;

  /// As `Architecture::family` and outputs print it: "TMM".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// What the names of all tensors that mix over time begin with, below their block: "token_mixing_layer.".
  [[nodiscard]] virtual std::span<const std::string_view> mixing_layers() const = 0;
  /// Whether a tensor of this name holds what operators are computed from (not their biases).
  [[nodiscard]] virtual bool is_operator(std::string_view tensor) const = 0;
  /// Whether these are tensors of this family: `recognize` is then its business, and what it throws the
  /// answer. By default, one is an operator's.
  [[nodiscard]] virtual bool claims(std::span<const TensorInfo> tensors) const;
  /// The architecture; `name` and judgement of unknown tensors are added by model::recognize. Throws
  /// FormatError as that does.
  [[nodiscard]] virtual Architecture recognize(std::span<const TensorInfo> tensors,
                                               const std::string& source) const = 0;
  /// Settles what no tensor says (architecture.form) by the answers given, and notes what was assumed.
  /// Answers to questions that the family does not ask stay unread.
  virtual void assume(const Assumptions& assumptions, Architecture& architecture) const;
  /// Names of the tensors with is_operator, in data flow.
  [[nodiscard]] virtual std::vector<std::string> operator_names(
      std::span<const TensorInfo> tensors) const = 0;
  /// The operators of the network, in the order of operator_names. Numbers are finite already.
  [[nodiscard]] virtual std::vector<LayerOperator> operators(const StateDict& state,
                                                             const Architecture& architecture) const = 0;
  /// Sets what a new network of this family is beyond its sizes: form, token mixing, names of its blocks.
  /// False where no new ones are made here.
  virtual bool plan(Architecture& architecture, std::size_t blocks) const;
  /// Whether taps before training are such that about half of the zeros of a symbol lie in the disc.
  [[nodiscard]] virtual bool starts_half_inside() const { return true; }
  [[nodiscard]] virtual NullModel null_model(const Architecture& architecture) const = 0;
  /// Under which names a network's parameters are stored.
  [[nodiscard]] virtual NetworkNames parameter_names(const Architecture& architecture) const = 0;
};

}  // namespace tmm::model
