// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace tmm::model {

/// The number types of a network: float for use, double to check it.
template <class T>
concept NetworkScalar = std::same_as < std::remove_const_t<T>,
float > || std::same_as<std::remove_const_t<T>, double>;

/// A row-major matrix that lives elsewhere: element (i, j) is data[i·stride + j], stride ≥ cols.
template <NetworkScalar T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  MatrixView() = default;
  MatrixView(T* first, std::size_t r, std::size_t c) : MatrixView(first, r, c, c) {}
  MatrixView(T* first, std::size_t r, std::size_t c, std::size_t row_stride)
      : data(first), rows(r), cols(c), stride(row_stride) {}
  /// A view that may write is also one that may read.
  operator MatrixView<const T>() const  // NOLINT(google-explicit-constructor)
      requires(!std::is_const_v<T>) {
    return {data, rows, cols, stride};
  }

  [[nodiscard]] T* row(std::size_t i) const { return data + i * stride; }
  /// Rows first … first + count − 1.
  [[nodiscard]] MatrixView middle_rows(std::size_t first, std::size_t count) const {
    return {data + first * stride, count, cols, stride};
  }
  /// Columns first … first + count − 1.
  [[nodiscard]] MatrixView middle_cols(std::size_t first, std::size_t count) const {
    return {data + first, rows, count, stride};
  }
};

/// View of constant elements: what functions take that only read, deduced from their other arguments.
template <class T>
using ConstView = MatrixView<const std::type_identity_t<T>>;

}  // namespace tmm::model
