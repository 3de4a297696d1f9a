// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/network/initialisation.hpp"
#include "model/network/tmm.hpp"
#include "model/toeplitz/minimum_phase.hpp"

namespace tmm::model {

/// What the numbers are that training changes in the place of Toeplitz weights.
enum class Parametrisation {
  free,           ///< the taps themselves
  minimum_phase,  ///< (s, u_1 … u_{n−1}) per row: taps s·p, see minimum_phase.hpp; the index is 0 throughout
  frozen          ///< the taps, which stay as they were drawn; biases are trained
};

std::string_view name(Parametrisation parametrisation);
/// "free", "minimum-phase" or "frozen"; nothing for any other text.
std::optional<Parametrisation> parse_parametrisation(std::string_view text);

/// Goes between the parameters, which the optimiser sees, and the network, which the forward pass sees. Both
/// are Tmm<T> of one architecture and differ in the Toeplitz weights alone; a row (n) of minimum-phase
/// parameters is (s, u_1, …, u_{n−1}).
template <NetworkScalar T>
class ToeplitzParametrisation {
 public:
  explicit ToeplitzParametrisation(Parametrisation kind, std::size_t threads = 1)
      : kind_(kind), threads_(threads) {}
  [[nodiscard]] Parametrisation kind() const { return kind_; }

  /// First parameters. free and frozen: initialise(). minimum_phase: as there but for the Toeplitz rows,
  /// where
  ///   reference  u_k ~ N(0, 1/n), s = √2/‖p‖₂ (1·√n/‖p‖₂ in an autoencoder): the energy Σ w² of reference
  ///   identity   u_k ~ N(0, (0.1/n)²), s = 1
  ///   decaying   u_k ~ N(0, 1/(1+k)²), s = √2/‖p‖₂
  ///   ones       refused (ArgumentError): a causal sum has zeros on the circle.
  void initialise(Tmm<T>& parameters, Initialisation how, std::uint64_t seed) const;

  /// Writes the network of these parameters, all tensors. minimum_phase first moves rows back whose taps
  /// would come so near to a zero on the circle that rounding them to float32 might let it in
  /// (keep_off_the_circle), and scales |s| < 2⁻⁴⁰ up to that: parameters may change.
  void apply(Tmm<T>& parameters, Tmm<T>& network);

  /// Turns the gradient with respect to the network of the last apply() into that with respect to the
  /// parameters: by the chain rule, or 0 where nothing is trained.
  void pull_back(const Tmm<T>& parameters, Tmm<T>& gradient) const;

  /// Undoes what weight decay has done to parameters that are not trained: after each step of the optimiser.
  void restore(const Tmm<T>& network, Tmm<T>& parameters) const;

 private:
  Parametrisation kind_;
  std::size_t threads_;
  std::vector<std::unique_ptr<MinimumPhasePolynomial>> polynomials_;  // one a row, in the order of the walk
};

extern template class ToeplitzParametrisation<float>;
extern template class ToeplitzParametrisation<double>;

}  // namespace tmm::model
