// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tmm::model {

/// Storage type of a tensor in its file.
enum class DType { float16, bfloat16, float32, float64 };

std::string_view name(DType dtype);

/// What a file's header says of a tensor, without its values.
struct TensorInfo {
  std::string name;                ///< state-dict name, e.g. "mixer_blocks.0.token_mixing_layer.weight"
  std::vector<std::size_t> shape;  ///< row-major, outermost first
  DType dtype = DType::float32;    ///< as stored

  [[nodiscard]] std::size_t size() const;  ///< product of the shape
};

/// A named array. Values of float16, bfloat16 and float32 files are held as float (exact), those of float64
/// files as double (exact): no digit of a checkpoint is lost before a caller asks for it.
struct Tensor {
  TensorInfo info;
  std::variant<std::vector<float>, std::vector<double>> values;  ///< row-major, info.size() of them

  [[nodiscard]] std::vector<double> as_double() const;  ///< exact copy
  [[nodiscard]] std::vector<float> as_float() const;  ///< exact unless stored as float64 (rounded to nearest)
};

/// Named tensors of one checkpoint, as PyTorch's `state_dict()` holds them: any wrapper prefix ("module.",
/// "_orig_mod.") is already gone. Iteration is in name order.
class StateDict {
 public:
  StateDict() = default;
  explicit StateDict(std::string source) : source_(std::move(source)) {}

  /// Throws FormatError if the name is there already.
  void insert(Tensor tensor);
  [[nodiscard]] bool contains(std::string_view name) const;
  /// Throws FormatError naming the file and the tensor if it is missing.
  [[nodiscard]] const Tensor& at(std::string_view name) const;
  [[nodiscard]] const Tensor* find(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, Tensor, std::less<>>& tensors() const { return tensors_; }
  [[nodiscard]] std::vector<TensorInfo> infos() const;  ///< of all tensors
  /// Path of the file, for messages; empty if made in memory.
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

/// "(1, 256)", as error messages and listings print shapes.
std::string format_shape(std::span<const std::size_t> shape);

}  // namespace tmm::model
