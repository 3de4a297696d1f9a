// SPDX-License-Identifier: MIT
#include "io/checkpoint/torch_tensor.hpp"

#include <algorithm>
#include <array>

#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io::torch {
namespace {

using pickle::Document;
using pickle::Id;
using pickle::Kind;
using pickle::Value;

struct Type {
  std::string_view storage, dtype;  // names in the module torch
  Element element;
  std::size_t size;
};

constexpr std::array types{
    Type{"FloatStorage", "float32", Element::float32, 4},
    Type{"DoubleStorage", "float64", Element::float64, 8},
    Type{"HalfStorage", "float16", Element::float16, 2},
    Type{"BFloat16Storage", "bfloat16", Element::bfloat16, 2},
    Type{"LongStorage", "int64", Element::signed_integer, 8},
    Type{"IntStorage", "int32", Element::signed_integer, 4},
    Type{"ShortStorage", "int16", Element::signed_integer, 2},
    Type{"CharStorage", "int8", Element::signed_integer, 1},
    Type{"ByteStorage", "uint8", Element::unsigned_integer, 1},
    Type{"", "uint16", Element::unsigned_integer, 2},
    Type{"", "uint32", Element::unsigned_integer, 4},
    Type{"", "uint64", Element::unsigned_integer, 8},
    Type{"BoolStorage", "bool", Element::other, 1},
    Type{"ComplexFloatStorage", "complex64", Element::other, 8},
    Type{"ComplexDoubleStorage", "complex128", Element::other, 16},
    Type{"", "complex32", Element::other, 4},
    Type{"QUInt8Storage", "quint8", Element::other, 1},
    Type{"QInt8Storage", "qint8", Element::other, 1},
    Type{"QInt32Storage", "qint32", Element::other, 4},
    Type{"", "float8_e4m3fn", Element::other, 1},
    Type{"", "float8_e5m2", Element::other, 1},
    Type{"", "float8_e4m3fnuz", Element::other, 1},
    Type{"", "float8_e5m2fnuz", Element::other, 1},
};

/// Types of numbers that a file of torch.save names, one after the other, while it is told what they are.
class Builder {
 public:
  Builder(const Document& document, const std::string& file, const std::string& name)
      : document_(document), file_(file), name_(name) {}

  std::optional<Storage> storage(Id id) const {
    const Value& value = document_.at(id);
    if (value.kind != Kind::persistent) return std::nullopt;
    const auto identity = tuple(value.parts[0]);
    if (identity.size() < 5 || identity.size() > 6 || text(identity[0]) != "storage")
      fail("unknown reference to data outside of the pickle", document_.describe(value.parts[0]));
    if (identity.size() == 6 && document_.at(identity[5]).kind != Kind::none)
      fail("storage is a view of another one", "");  // torch before 0.4
    Storage storage;
    storage.key = text(identity[2]);
    text(identity[3]);  // the device it was on
    storage.count = natural(identity[4]);
    const Value& type = document_.at(identity[1]);
    if (type.kind != Kind::global) fail("storage of unknown type", document_.describe(identity[1]));
    if (type.text == "torch.storage" && (type.name == "UntypedStorage" || type.name == "_UntypedStorage")) {
      storage.element_size = 1;  // its tensors say of what they are
      storage.type = "bytes";
      return storage;
    }
    for (const Type& known : types)
      if (type.text == "torch" && !known.storage.empty() && type.name == known.storage) set(storage, known);
    if (storage.type.empty())
      fail("storage of unknown type", std::string(type.text) + "." + std::string(type.name));
    return storage;
  }

  std::optional<Tensor> tensor(Id id) const {
    const Value* value = &document_.at(id);
    for (int depth = 0; depth < 2; ++depth) {
      if (value->kind != Kind::call || is_changed(*value)) return std::nullopt;
      const Id callee = value->parts[0];
      const auto arguments = tuple(value->parts[1]);
      const bool plain = is(callee, "_rebuild_parameter") && arguments.size() == 3;
      const bool with_state = is(callee, "_rebuild_parameter_with_state") && arguments.size() == 4;
      if (!plain && !with_state) return call(callee, arguments);
      value = &document_.at(arguments[0]);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is(Id id, std::string_view function) const {
    return document_.is_global(id, "torch._utils", function);
  }
  static bool is_changed(const Value& call) {
    return call.changed || call.state != pickle::no_value || call.parts.size() > 2;
  }
  [[noreturn]] void fail(const std::string& what, const std::string& found) const {
    throw FormatError(what, {file_, name_, "", found, ""});
  }

  std::vector<Id> tuple(Id id) const {
    const Value& value = document_.at(id);
    if (value.kind == Kind::call && document_.is_global(value.parts[0], "torch", "Size") &&
        !is_changed(value)) {
      const Value& arguments = document_.at(value.parts[1]);
      if (arguments.parts.size() == 1 && document_.at(arguments.parts[0]).kind == Kind::tuple)
        return document_.at(arguments.parts[0]).parts;
    }
    if (value.kind != Kind::tuple) fail("malformed tensor: a tuple is missing", document_.describe(id));
    return value.parts;
  }
  std::string text(Id id) const {
    const Value& value = document_.at(id);
    if (value.kind != Kind::text) fail("malformed tensor: a string is missing", document_.describe(id));
    return std::string(value.text);
  }
  std::uint64_t natural(Id id) const {
    const Value& value = document_.at(id);
    if (value.kind != Kind::integer || value.integer < 0)
      fail("malformed tensor: a number of elements is missing", document_.describe(id));
    return static_cast<std::uint64_t>(value.integer);
  }
  std::vector<std::uint64_t> naturals(Id id) const {
    std::vector<std::uint64_t> numbers;
    for (const Id part : tuple(id)) {
      numbers.push_back(natural(part));
      if (numbers.size() > 64) fail("wrong number of dimensions", "");
    }
    return numbers;
  }

  static void set(Storage& storage, const Type& type) {
    storage.element = type.element;
    storage.element_size = type.size;
    storage.type = type.dtype;
  }

  /// A storage of bytes becomes one of the numbers that the tensor says it is of.
  void set_dtype(Storage& storage, Id dtype) const {
    const Value& value = document_.at(dtype);
    if (storage.type != "bytes") fail("tensor of two types", storage.type);
    for (const Type& known : types)
      if (value.kind == Kind::global && value.text == "torch" && value.name == known.dtype) {
        set(storage, known);
        storage.count /= known.size;
        return;
      }
    fail("tensor of unknown type", document_.describe(dtype));
  }

  /// A conjugated or negated view has other values than its storage.
  void require_plain(Id metadata) const {
    const Value& value = document_.at(metadata);
    if (value.kind == Kind::none || (value.kind == Kind::dictionary && value.parts.empty())) return;
    fail("tensor is a conjugated or negated view", document_.describe(metadata));
  }

  std::optional<Tensor> call(Id callee, const std::vector<Id>& arguments) const {
    const std::size_t count = arguments.size();
    const bool first = is(callee, "_rebuild_tensor") && count == 4;
    const bool second = is(callee, "_rebuild_tensor_v2") && (count == 6 || count == 7);
    const bool third = is(callee, "_rebuild_tensor_v3") && (count == 7 || count == 8);
    if (document_.is_global(callee, "torch._tensor", "_rebuild_from_type_v2") && count == 4)
      return with_attributes(arguments);
    if (!first && !second && !third) return std::nullopt;
    auto found = storage(arguments[0]);
    if (!found) fail("malformed tensor: it has no storage", document_.describe(arguments[0]));
    if (second && count == 7) require_plain(arguments[6]);
    if (third && count == 8) require_plain(arguments[7]);
    if (third) set_dtype(*found, arguments[6]);
    if (found->type == "bytes") fail("storage of unknown type", "bytes");
    Tensor tensor;
    tensor.storage = std::move(*found);
    tensor.offset = natural(arguments[1]);
    const auto shape = naturals(arguments[2]);
    tensor.strides = naturals(arguments[3]);
    tensor.info = {name_,
                   {shape.begin(), shape.end()},
                   tensor.storage.element,
                   tensor.storage.element_size,
                   tensor.storage.type};
    check(tensor);
    return tensor;
  }

  /// A tensor that somebody gave attributes to: _rebuild_from_type_v2(function, class, arguments, state).
  std::optional<Tensor> with_attributes(const std::vector<Id>& arguments) const {
    const bool known = document_.is_global(arguments[1], "torch", "Tensor") ||
                       document_.is_global(arguments[1], "torch.nn.parameter", "Parameter");
    const bool nested = document_.is_global(arguments[0], "torch._tensor", "_rebuild_from_type_v2");
    if (!known || nested) return std::nullopt;
    return call(arguments[0], tuple(arguments[2]));
  }

  void check(const Tensor& tensor) const {
    check_extents(tensor.info, file_);
    if (tensor.strides.size() != tensor.info.shape.size())
      fail("malformed tensor", std::to_string(tensor.strides.size()) + " strides");
    if (tensor.info.size() == 0) return;
    std::uint64_t last = tensor.offset;
    for (std::size_t i = 0; i < tensor.strides.size(); ++i) {
      std::uint64_t reach = 0;
      if (__builtin_mul_overflow(tensor.info.shape[i] - 1, tensor.strides[i], &reach) ||
          __builtin_add_overflow(last, reach, &last))
        fail("tensor reaches beyond its storage", "");
    }
    if (last >= tensor.storage.count)
      fail("tensor reaches beyond its storage",
           "number " + std::to_string(last) + " of " + std::to_string(tensor.storage.count));
  }

  const Document& document_;
  const std::string& file_;
  const std::string& name_;
};

}  // namespace

std::uint64_t Tensor::span() const {
  if (info.size() == 0) return 0;
  std::uint64_t last = 0;  // no overflow: checked when it was built
  for (std::size_t i = 0; i < strides.size(); ++i) last += (info.shape[i] - 1) * strides[i];
  return last + 1;
}

bool Tensor::is_contiguous() const {
  std::uint64_t expected = 1;
  for (std::size_t i = strides.size(); i-- > 0; expected *= info.shape[i])
    if (info.shape[i] != 1 && strides[i] != expected) return false;
  return true;
}

std::optional<Storage> storage_of(const Document& document, Id id, const std::string& file) {
  return Builder(document, file, "").storage(id);
}

std::optional<Tensor> tensor_of(const Document& document, Id id, const std::string& file,
                                const std::string& name) {
  return Builder(document, file, name).tensor(id);
}

}  // namespace tmm::io::torch
