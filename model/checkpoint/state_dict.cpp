// SPDX-License-Identifier: MIT
#include "model/checkpoint/state_dict.hpp"

#include <utility>

#include "model/base/error.hpp"

namespace tmm::model {

std::string_view name(DType dtype) {
  switch (dtype) {
    case DType::float16:
      return "float16";
    case DType::bfloat16:
      return "bfloat16";
    case DType::float32:
      return "float32";
    case DType::float64:
      return "float64";
  }
  return "?";
}

std::size_t TensorInfo::size() const {
  std::size_t product = 1;
  for (const std::size_t extent : shape) product *= extent;
  return product;
}

std::vector<double> Tensor::as_double() const {
  return std::visit([](const auto& v) { return std::vector<double>(v.begin(), v.end()); }, values);
}

std::vector<float> Tensor::as_float() const {
  if (const auto* exact = std::get_if<std::vector<float>>(&values)) return *exact;
  std::vector<float> rounded;
  rounded.reserve(info.size());
  for (const double v : std::get<std::vector<double>>(values)) rounded.push_back(static_cast<float>(v));
  return rounded;
}

void StateDict::insert(Tensor tensor) {
  std::string key = tensor.info.name;
  const auto [position, inserted] = tensors_.try_emplace(std::move(key), std::move(tensor));
  if (!inserted) throw FormatError("two tensors have this name", {source_, position->first, "", "", ""});
}

bool StateDict::contains(std::string_view name) const {
  return tensors_.find(name) != tensors_.end();
}

const Tensor* StateDict::find(std::string_view name) const {
  const auto position = tensors_.find(name);
  return position == tensors_.end() ? nullptr : &position->second;
}

const Tensor& StateDict::at(std::string_view name) const {
  const Tensor* tensor = find(name);
  if (tensor == nullptr) throw FormatError("tensor is missing", {source_, std::string(name), "", "", ""});
  return *tensor;
}

std::vector<TensorInfo> StateDict::infos() const {
  std::vector<TensorInfo> infos;
  infos.reserve(tensors_.size());
  for (const auto& [name, tensor] : tensors_) infos.push_back(tensor.info);
  return infos;
}

std::string format_shape(std::span<const std::size_t> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + ")";
}

}  // namespace tmm::model
