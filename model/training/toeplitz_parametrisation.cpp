// SPDX-License-Identifier: MIT
#include "model/training/toeplitz_parametrisation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/base/random_source.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

constexpr double least_scale =
    0x1p-40;  // products with the coefficients stay far above the subnormal numbers

/// Rows of n numbers of all Toeplitz weights of a network, in the order of the walk.
template <NetworkScalar T, class Model>
std::vector<std::span<T>> toeplitz_rows(Model& network) {
  std::vector<std::span<T>> rows;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<T> values) {
    if (!is_operator_tensor(tensor)) return;
    const std::size_t n = shape.back();  // (rows, n)
    for (std::size_t i = 0; i < values.size(); i += n) rows.push_back(values.subspan(i, n));
  });
  return rows;
}

template <NetworkScalar T>
std::vector<double> tail(std::span<T> row) {
  return {row.begin() + 1, row.end()};
}

template <NetworkScalar T>
void copy_parameters(const Tmm<T>& from, Tmm<T>& to) {
  std::vector<std::span<const T>> sources;
  for_each_parameter(from,
                     [&](const std::string&, const auto&, std::span<const T> v) { sources.push_back(v); });
  std::size_t i = 0;
  for_each_parameter(to, [&](const std::string&, const auto&, std::span<T> v) {
    std::copy(sources[i].begin(), sources[i].end(), v.begin());
    ++i;
  });
}

template <NetworkScalar T>
void draw_row(std::span<T> row, Initialisation how, bool autoencoder, RandomSource& source) {
  const auto n = static_cast<double>(row.size());
  std::vector<double> u(row.size() - 1);
  for (std::size_t k = 1; k <= u.size(); ++k) {
    const double deviation = how == Initialisation::identity   ? 0.1 / n
                             : how == Initialisation::decaying ? 1 / static_cast<double>(k + 1)
                                                               : 1 / std::sqrt(n);
    u[k - 1] = deviation * source.normal();
  }
  keep_off_the_circle(u);
  double energy = 0;
  const MinimumPhasePolynomial polynomial(u);
  for (const double p : polynomial.coefficients()) energy += p * p;
  const double wanted = autoencoder ? n : 2;
  row[0] = static_cast<T>(how == Initialisation::identity ? 1 : std::sqrt(wanted / energy));
  std::transform(u.begin(), u.end(), row.begin() + 1, [](double x) { return static_cast<T>(x); });
}

}  // namespace

std::string_view name(Parametrisation parametrisation) {
  switch (parametrisation) {
    case Parametrisation::free:
      return "free";
    case Parametrisation::minimum_phase:
      return "minimum-phase";
    case Parametrisation::frozen:
      return "frozen";
  }
  return "?";
}

std::optional<Parametrisation> parse_parametrisation(std::string_view text) {
  for (const auto kind : {Parametrisation::free, Parametrisation::minimum_phase, Parametrisation::frozen})
    if (text == name(kind)) return kind;
  return std::nullopt;
}

template <NetworkScalar T>
void ToeplitzParametrisation<T>::initialise(Tmm<T>& parameters, Initialisation how,
                                            std::uint64_t seed) const {
  model::initialise(parameters, how, seed);
  if (kind_ != Parametrisation::minimum_phase) return;
  if (how == Initialisation::ones)
    throw ArgumentError("a layer of ones is not minimum phase",
                        {"", "", "reference, identity or decaying", "ones",
                         "Its symbol 1 + z + … + z^(n−1) has zeros on the circle"});
  for_each_parameter(parameters, [&](const std::string& tensor, const auto& shape, std::span<T> values) {
    if (!is_operator_tensor(tensor)) return;
    RandomSource source = tensor_source(seed, tensor);
    for (std::size_t i = 0; i < shape[0]; ++i)
      draw_row(values.subspan(i * shape[1], shape[1]), how, parameters.autoencoder(), source);
  });
}

template <NetworkScalar T>
void ToeplitzParametrisation<T>::apply(Tmm<T>& parameters, Tmm<T>& network) {
  copy_parameters(parameters, network);
  if (kind_ != Parametrisation::minimum_phase) return;
  const auto rows = toeplitz_rows<T>(parameters), taps = toeplitz_rows<T>(network);
  polynomials_.resize(rows.size());
  parallel_for(rows.size(), threads_, [&](std::size_t i, std::size_t) {
    const std::span<T> row = rows[i];
    auto u = tail(row);
    polynomials_[i] = std::make_unique<MinimumPhasePolynomial>(u);
    if (!survives_float32(*polynomials_[i])) {
      keep_off_the_circle(u);
      std::transform(u.begin(), u.end(), row.begin() + 1, [](double x) { return static_cast<T>(x); });
      polynomials_[i] = std::make_unique<MinimumPhasePolynomial>(tail(row));
    }
    if (std::fabs(row[0]) < least_scale) row[0] = static_cast<T>(std::copysign(least_scale, row[0]));
    const auto p = polynomials_[i]->coefficients();
    for (std::size_t j = 0; j < p.size(); ++j)
      taps[i][j] = static_cast<T>(static_cast<double>(row[0]) * p[j]);
  });
}

template <NetworkScalar T>
void ToeplitzParametrisation<T>::pull_back(const Tmm<T>& parameters, Tmm<T>& gradient) const {
  if (kind_ == Parametrisation::free) return;
  const auto slopes = toeplitz_rows<T>(gradient);
  if (kind_ == Parametrisation::frozen) {
    for (const std::span<T> row : slopes) std::fill(row.begin(), row.end(), T{0});
    return;
  }
  const auto rows = toeplitz_rows<const T>(parameters);
  parallel_for(rows.size(), threads_, [&](std::size_t i, std::size_t) {
    // taps = s·p(u): ∂/∂s = Σ g_j p_j, ∂/∂p = s·g.
    const auto p = polynomials_[i]->coefficients();
    const auto s = static_cast<double>(rows[i][0]);
    std::vector<double> g(slopes[i].begin(), slopes[i].end());
    double scale_slope = 0;
    for (std::size_t j = 0; j < g.size(); ++j) {
      scale_slope += g[j] * p[j];
      g[j] *= s;
    }
    const auto u_slopes = polynomials_[i]->pull_back(g);
    slopes[i][0] = static_cast<T>(scale_slope);
    std::transform(u_slopes.begin(), u_slopes.end(), slopes[i].begin() + 1,
                   [](double x) { return static_cast<T>(x); });
  });
}

template <NetworkScalar T>
void ToeplitzParametrisation<T>::restore(const Tmm<T>& network, Tmm<T>& parameters) const {
  if (kind_ != Parametrisation::frozen) return;
  const auto taps = toeplitz_rows<const T>(network);
  const auto rows = toeplitz_rows<T>(parameters);
  for (std::size_t i = 0; i < rows.size(); ++i) std::copy(taps[i].begin(), taps[i].end(), rows[i].begin());
}

template class ToeplitzParametrisation<float>;
template class ToeplitzParametrisation<double>;

}  // namespace tmm::model
