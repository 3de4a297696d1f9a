// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5/dataset_info.hpp"
#include "io/pickle/pickle.hpp"

namespace tmm::io::torch {

/// A storage as a pickle refers to it: a row of numbers in a place of its own.
struct Storage {
  std::string key;  ///< names the place
  Element element = Element::other;
  std::size_t element_size = 0;
  std::string type;         ///< "float32", "bool", …
  std::uint64_t count = 0;  ///< of numbers
};

/// A tensor: which numbers of a storage it is, element (i, j, …) being number offset + i·strides[0] +
/// j·strides[1] + ….
struct Tensor {
  DatasetInfo info;  ///< with its path in the dictionary still empty
  Storage storage;
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> strides;  ///< in numbers, one a dimension

  /// Numbers of the storage from `offset` to the last one that belongs to the tensor.
  [[nodiscard]] std::uint64_t span() const;
  [[nodiscard]] bool is_contiguous() const;
};

/// What `id` refers to, if it is a persistent identity of torch.save. Throws FormatError where it is one, but
/// malformed.
std::optional<Storage> storage_of(const pickle::Document& document, pickle::Id id, const std::string& file);

/// The tensor or parameter that `id` is when torch's own functions are called as the pickle says; nothing
/// where it is any other value, or one that is changed afterwards (attributes, items). Throws FormatError
/// naming `name`: arguments that no tensor has, numbers outside of the storage, a view that negates or
/// conjugates.
std::optional<Tensor> tensor_of(const pickle::Document& document, pickle::Id id, const std::string& file,
                                const std::string& name);

}  // namespace tmm::io::torch
