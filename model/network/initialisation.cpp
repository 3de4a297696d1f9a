// SPDX-License-Identifier: MIT
#include "model/network/initialisation.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "model/base/random_source.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

template <NetworkScalar T>
void draw_normal(std::span<T> values, double deviation, RandomSource& source) {
  for (T& x : values) x = static_cast<T>(deviation * source.normal());
}

template <NetworkScalar T>
void draw_uniform(std::span<T> values, double bound, RandomSource& source) {
  for (T& x : values) x = static_cast<T>(bound * (2 * source.uniform() - 1));
}

/// `rows` rows of n taps. own_row: the one that reads the channel itself.
template <NetworkScalar T>
void draw_taps(std::span<T> taps, std::size_t n, bool every_row_is_own, bool autoencoder, Initialisation kind,
               RandomSource& source) {
  const auto length = static_cast<double>(n);
  double squares = 0;
  for (std::size_t k = n; k > 0; --k) squares += 1 / (static_cast<double>(k) * static_cast<double>(k));
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const std::size_t k = i % n;
    switch (kind) {
      case Initialisation::reference:
        taps[i] = static_cast<T>(source.normal() * (autoencoder ? 1 : std::sqrt(2 / length)));
        break;
      case Initialisation::identity: {
        const bool own = every_row_is_own || i / n + 1 == taps.size() / n;
        const double noise = source.normal() * 0.1 / length;
        taps[i] = static_cast<T>(own && k == 0 ? 1 : noise);
        break;
      }
      case Initialisation::decaying:
        taps[i] = static_cast<T>(source.normal() * std::sqrt(2 / squares) / static_cast<double>(k + 1));
        break;
      case Initialisation::ones:
        taps[i] = 1;
        break;
    }
  }
}

}  // namespace

std::string_view name(Initialisation initialisation) {
  switch (initialisation) {
    case Initialisation::reference:
      return "reference";
    case Initialisation::identity:
      return "identity";
    case Initialisation::decaying:
      return "decaying";
    case Initialisation::ones:
      return "ones";
  }
  return "?";
}

std::optional<Initialisation> parse_initialisation(std::string_view text) {
  for (const auto kind :
       {Initialisation::reference, Initialisation::identity, Initialisation::decaying, Initialisation::ones})
    if (text == name(kind)) return kind;
  return std::nullopt;
}

RandomSource tensor_source(std::uint64_t seed, std::string_view tensor) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : tensor) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return RandomSource({seed, hash});
}

template <NetworkScalar T>
void initialise(Tmm<T>& network, Initialisation toeplitz, std::uint64_t seed) {
  const bool autoencoder = network.autoencoder(), tied = network.architecture.tied;
  const bool kernel = network.architecture.mixing == TokenMixing::kernel;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<T> values) {
    RandomSource source = tensor_source(seed, tensor);
    const bool embedding = tensor == "wte.weight" || tensor == "input_layer.weight";
    if (is_operator_tensor(tensor)) {
      draw_taps(values, shape[1], !kernel, autoencoder, toeplitz, source);
    } else if (shape.size() == 1 || tensor.ends_with(".bias")) {
      std::fill(values.begin(), values.end(), tensor.ends_with("_norm.weight") ? T{1} : T{0});
    } else if (embedding && !tied) {
      draw_normal(values, 1, source);
    } else {
      const auto inputs = static_cast<double>(shape[1]);
      if (autoencoder)
        draw_uniform(values, 1 / std::sqrt(inputs), source);
      else
        draw_normal(values, std::sqrt(2 / inputs), source);
    }
  });
}

template void initialise(Tmm<float>&, Initialisation, std::uint64_t);
template void initialise(Tmm<double>&, Initialisation, std::uint64_t);

}  // namespace tmm::model
