// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/base/matrix_view.hpp"
#include "model/base/parallel.hpp"
#include "model/toeplitz/toeplitz_product.hpp"
#include "model/toeplitz/triangular_solve.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

using model::MatrixView;

/// Up to so many numbers, a product is done at once on the caller's thread.
constexpr std::size_t briefly = std::size_t{1} << 18U;
/// Columns that a thread takes at a time.
constexpr std::size_t piece = 64;

/// T_n(a) with its products planned when they are first needed. Shared by threads.
class Operator {
 public:
  Operator(std::vector<double> taps, bool single) : taps_(std::move(taps)), single_(single) {}

  [[nodiscard]] const std::vector<double>& taps() const { return taps_; }
  [[nodiscard]] bool single() const { return single_; }

  /// y += T x for every column; y must not overlap x.
  template <class T>
  void apply_add(MatrixView<const T> x, MatrixView<T> y) const {
    const auto& product = this->product<T>(x.cols);
    auto scratch = product.make_scratch();
    product.apply_add(x, y, scratch);
  }

 private:
  template <class T>
  struct Plans {
    std::unique_ptr<const model::ToeplitzProduct<T>> dense, fft;
  };

  template <class T>
  const model::ToeplitzProduct<T>& product(std::size_t columns) const {
    const auto method = model::ToeplitzProduct<T>::choose(taps_.size(), columns);
    const std::lock_guard lock(mutex_);
    auto& plans = std::get<Plans<T>>(plans_);
    auto& plan = method == model::ToeplitzMethod::dense ? plans.dense : plans.fft;
    if (!plan) {
      auto made = std::make_unique<model::ToeplitzProduct<T>>(taps_.size(), columns, method);
      made->set_taps(std::vector<T>(taps_.begin(), taps_.end()));
      plan = std::move(made);
    }
    return *plan;
  }

  std::vector<double> taps_;
  bool single_;
  mutable std::mutex mutex_;
  mutable std::tuple<Plans<float>, Plans<double>> plans_;
};

using Shared = std::shared_ptr<const Operator>;

/// A right-hand side as the products take it: (n, columns) of float or double, row-major. A complex column is
/// two.
struct Columns {
  py::array array;  ///< contiguous; the caller's own where that fits
  bool complex = false;
  bool single = false;
  std::size_t rows = 0, count = 0;

  template <class T>
  [[nodiscard]] MatrixView<const T> view() const {
    return {static_cast<const T*>(array.data()), rows, count};
  }
  template <class T>
  [[nodiscard]] MatrixView<T> mutable_view() {
    return {static_cast<T*>(array.mutable_data()), rows, count};
  }
};

bool is_complex(const py::array& array) {
  return array.dtype().kind() == 'c' && array.dtype().itemsize() <= 16;
}

/// `x` in the precision of the result: float32 where the operator and the array both are, float64 otherwise.
Columns columns_of(const Operator& op, py::handle x) {
  py::array given;
  if (py::isinstance<py::array>(x) && is_complex(py::reinterpret_borrow<py::array>(x)))
    given = py::reinterpret_borrow<py::array>(x);
  else
    given = real_array(x, "x");
  const auto n = static_cast<py::ssize_t>(op.taps().size());
  if ((given.ndim() != 1 && given.ndim() != 2) || given.shape(0) != n)
    throw ArgumentError("array does not fit the operator",
                        {"", "x", fmt::format("shape ({}) or ({}, columns)", n, n),
                         "shape " + std::string(py::str(given.attr("shape"))), ""});
  const py::module_ numpy = py::module_::import("numpy");
  Columns columns;
  columns.complex = is_complex(given);
  const py::object type = numpy.attr("result_type")(op.single() ? "float32" : "float64", given.dtype());
  columns.array = numpy.attr("ascontiguousarray")(given, type).cast<py::array>();
  columns.single = columns.array.itemsize() == (columns.complex ? 8 : 4);
  columns.rows = static_cast<std::size_t>(n);
  columns.count =
      (given.ndim() == 2 ? static_cast<std::size_t>(given.shape(1)) : 1) * (columns.complex ? 2 : 1);
  return columns;
}

Columns like(const Columns& x) {
  Columns y = x;
  y.array =
      py::array(x.array.dtype(), std::vector<py::ssize_t>(x.array.shape(), x.array.shape() + x.array.ndim()));
  return y;
}

/// Rows first to last exchanged: y = J x.
template <class T>
void reverse_rows(MatrixView<const T> x, MatrixView<T> y) {
  for (std::size_t t = 0; t < x.rows; ++t) std::copy_n(x.row(t), x.cols, y.row(x.rows - 1 - t));
}

template <class T>
void reverse_rows(MatrixView<T> x) {
  for (std::size_t t = 0; t < x.rows / 2; ++t)
    std::swap_ranges(x.row(t), x.row(t) + x.cols, x.row(x.rows - 1 - t));
}

/// Columns of a product that threads share: their own pieces of x and y.
template <class T>
void apply(const Operator& op, MatrixView<const T> x, MatrixView<T> y, bool transposed, std::size_t team,
           const Stop& stop) {
  const model::OneBlasThread one_blas_thread;
  model::parallel_for((x.cols + piece - 1) / piece, team, [&](std::size_t i, std::size_t) {
    stop.check();
    const std::size_t first = i * piece, count = std::min(piece, x.cols - first);
    const auto from = x.middle_cols(first, count);
    const auto to = y.middle_cols(first, count);
    for (std::size_t t = 0; t < to.rows; ++t) std::fill_n(to.row(t), count, T{});
    if (!transposed) return op.apply_add<T>(from, to);
    std::vector<T> reversed(x.rows * count);  // Tᵀ = J T J
    reverse_rows(from, MatrixView<T>(reversed.data(), x.rows, count));
    op.apply_add<T>(MatrixView<const T>(reversed.data(), x.rows, count), to);
    reverse_rows(to);
  });
}

/// Solves column by column in double precision. Returns whether every number of the solution is finite where
/// all that were given are.
template <class T>
bool solve(const Operator& op, MatrixView<const T> y, MatrixView<T> x, bool transposed, std::size_t team,
           const Stop& stop) {
  std::atomic<bool> finite = true;
  model::parallel_for(y.cols, team, [&](std::size_t j, std::size_t) {
    stop.check();
    std::vector<double> column(y.rows);
    const auto place = [&](std::size_t t) { return transposed ? y.rows - 1 - t : t; };
    bool given_finite = true;
    for (std::size_t t = 0; t < y.rows; ++t) {
      column[place(t)] = y.row(t)[j];
      given_finite = given_finite && std::isfinite(y.row(t)[j]);
    }
    model::solve_in_place(op.taps(), column);
    for (std::size_t t = 0; t < y.rows; ++t) {
      x.row(t)[j] = static_cast<T>(column[place(t)]);
      if (given_finite && !std::isfinite(x.row(t)[j])) finite = false;
    }
  });
  return finite;
}

/// Does `work` on (x, result) in the precision of x, without the GIL. Both arrays live as long as the work
/// does.
template <class Work>
std::pair<py::array, bool> over_columns(const Columns& x, std::size_t cost, Work work) {
  struct Arrays {
    Columns x, y;
  };
  const std::shared_ptr<Arrays> arrays(new Arrays{x, like(x)}, [](Arrays* held) {
    if (Py_IsInitialized() == 0) return;
    const py::gil_scoped_acquire gil;
    delete held;
  });
  const auto at_type = [&]<class T>(T) {
    const MatrixView<const T> from = arrays->x.template view<T>();
    const MatrixView<T> to = arrays->y.template mutable_view<T>();
    return run(cost <= briefly,
               [held = arrays, from, to, work](const Stop& stop) { return work(from, to, stop); });
  };
  const bool good = x.single ? at_type(float{}) : at_type(double{});
  return {arrays->y.array, good};
}

void warn_of_overflow(bool finite, const char* what) {
  if (finite) return;
  const std::string text = fmt::format("{}: 1/a grows beyond the range of the result", what);
  if (PyErr_WarnEx(PyExc_RuntimeWarning, text.c_str(), 2) != 0) throw py::error_already_set();
}

void require_invertible(const Operator& op) {
  if (op.taps()[0] == 0)
    throw ArgumentError("a causal Toeplitz matrix with w_0 = 0 is singular",
                        {"", "taps", "w_0 other than 0", "0", ""});
}

py::array product(const Shared& op, py::handle x, bool transposed, std::optional<int> threads) {
  const Columns columns = columns_of(*op, x);
  const std::size_t team = team_size(threads);
  return over_columns(columns, columns.rows * columns.count,
                      [op, transposed, team](auto from, auto to, const Stop& s) {
                        const BlasTurn turn;
                        apply(*op, from, to, transposed, from.rows * from.cols <= briefly ? 1 : team, s);
                        return true;
                      })
      .first;
}

py::array solution(const Shared& op, py::handle y, bool transposed, std::optional<int> threads) {
  require_invertible(*op);
  const Columns columns = columns_of(*op, y);
  const std::size_t team = team_size(threads);
  const std::size_t cost = columns.rows * columns.count * 16;
  const auto [x, finite] = over_columns(columns, cost, [=](auto from, auto to, const Stop& stop) {
    return solve(*op, from, to, transposed, cost <= briefly ? 1 : team, stop);
  });
  warn_of_overflow(finite, "solve");
  return x;
}

py::array_t<double> inverse_taps(const Shared& op) {
  require_invertible(*op);
  const std::size_t n = op->taps().size();
  const std::vector<double> taps = run(n <= briefly / 16, [op, n](const Stop&) {
    std::vector<double> b(n);
    b[0] = 1;
    model::solve_in_place(op->taps(), b);
    return b;
  });
  warn_of_overflow(std::ranges::all_of(taps, [](double b) { return std::isfinite(b); }), "inverse_taps");
  return py::array_t<double>(static_cast<py::ssize_t>(n), taps.data());
}

template <class T>
py::array_t<T> dense(const Operator& op, bool transposed) {
  const auto n = static_cast<py::ssize_t>(op.taps().size());
  py::array_t<T> matrix({n, n});
  T* out = matrix.mutable_data();
  const py::gil_scoped_release release;
  for (py::ssize_t t = 0; t < n; ++t)
    for (py::ssize_t s = 0; s < n; ++s) {
      const py::ssize_t k = transposed ? s - t : t - s;
      *out++ = k < 0 ? T{} : static_cast<T>(op.taps()[static_cast<std::size_t>(k)]);
    }
  return matrix;
}

/// float32 for taps of at most 32 bits, float64 for all others and for integers.
Shared make(py::handle x) {
  std::vector<double> taps = taps_of(x);
  const std::string type = element_name(x);
  return std::make_shared<Operator>(std::move(taps),
                                    type == "float32" || type == "float16" || type == "bfloat16");
}

py::array taps_array(const Operator& op) {
  const auto n = static_cast<py::ssize_t>(op.taps().size());
  if (!op.single()) return py::array_t<double>(n, op.taps().data());
  py::array_t<float> taps(n);
  std::ranges::transform(op.taps(), taps.mutable_data(), [](double w) { return static_cast<float>(w); });
  return taps;
}

}  // namespace

void bind_operator(py::module_& module) {
  py::class_<Operator, std::shared_ptr<Operator>>(module, "ToeplitzProduct", "What tmm.Toeplitz is made of.")
      .def(py::init([](py::handle taps) { return std::const_pointer_cast<Operator>(make(taps)); }),
           py::arg("taps"))
      .def_property_readonly("n", [](const Operator& op) { return op.taps().size(); })
      .def_property_readonly("single", &Operator::single)
      .def_property_readonly("taps", &taps_array)
      .def(
          "product",
          [](const std::shared_ptr<Operator>& op, py::handle x, bool transposed, std::optional<int> threads) {
            return product(op, x, transposed, threads);
          },
          py::arg("x"), py::arg("transposed"), py::arg("threads"))
      .def(
          "solution",
          [](const std::shared_ptr<Operator>& op, py::handle y, bool transposed, std::optional<int> threads) {
            return solution(op, y, transposed, threads);
          },
          py::arg("y"), py::arg("transposed"), py::arg("threads"))
      .def("inverse_taps", [](const std::shared_ptr<Operator>& op) { return inverse_taps(op); })
      .def(
          "dense",
          [](const Operator& op, bool transposed) -> py::array {
            if (op.single()) return dense<float>(op, transposed);
            return dense<double>(op, transposed);
          },
          py::arg("transposed"));
}

}  // namespace tmm::python
