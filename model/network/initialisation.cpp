// SPDX-License-Identifier: MIT
#include "model/network/initialisation.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "model/base/random_source.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/network/parameters.hpp"
#include "model/network/rotary.hpp"

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

/// A matrix (n, n), causal: row t over its t + 1 inputs.
template <NetworkScalar T>
void draw_dense(std::span<T> matrix, std::size_t n, Initialisation kind, RandomSource& source) {
  std::vector<T> taps(n);
  for (std::size_t t = 0; t < n; ++t) {
    const std::span<T> row = matrix.subspan(t * n, n);
    std::fill(row.begin(), row.end(), T{0});
    if (kind == Initialisation::reference) {
      draw_normal(row.first(t + 1), std::sqrt(2 / static_cast<double>(t + 1)), source);
      continue;
    }
    draw_taps<T>(taps, n, true, false, kind, source);
    std::reverse_copy(taps.begin(), taps.begin() + static_cast<std::ptrdiff_t>(t + 1), row.begin());
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
  const Family& family = family_of(network.architecture);
  const NetworkNames names = family.parameter_names(network.architecture);
  const NullModel start = family.null_model(network.architecture);
  const bool derived = network.architecture.form.taps != TapDerivation::none;
  // Otherwise a decoder stands beside the encoder that has Toeplitz weights or dense matrices, whatever that
  // has.
  const bool one_kind = network.architecture.form.decoder == DecoderMixing::toeplitz;
  if (derived && one_kind && toeplitz != Initialisation::reference)
    throw ArgumentError("the numbers that these taps are computed from start in one way",
                        {"", "", "reference", std::string(name(toeplitz)), ""});
  const TokenMixing mixing = network.architecture.mixing;
  if (mixing == TokenMixing::attention && one_kind && toeplitz != Initialisation::reference)
    throw ArgumentError("attention has no Toeplitz weights to draw",
                        {"", "", "reference", std::string(name(toeplitz)), ""});
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<T> values) {
    RandomSource source = tensor_source(seed, tensor);
    const bool embedding = tensor == names.embedding;
    const auto place = parse_block_tensor(tensor);
    const bool own = place && has_own_blocks(network.architecture, place->part);
    const bool attention = mixing == TokenMixing::attention && !own;
    if (attention && tensor.ends_with(names.block.frequencies)) {
      std::ranges::copy(rotary_frequencies(2 * values.size()), values.begin());
    } else if (attention && tensor.find(names.block.mixing) != std::string::npos) {
      draw_normal(values, 1 / std::sqrt(static_cast<double>(shape.back())), source);
    } else if (shape.size() == 3 && is_operator_tensor(tensor)) {  // (n, n, 1), of blocks or of a decoder
      draw_dense(values, shape[0], toeplitz, source);
    } else if (is_operator_tensor(tensor)) {
      if (derived && !own)
        draw_normal(values, start.deviation == nullptr ? 1 : start.deviation(shape.back()), source);
      else if (toeplitz == Initialisation::reference && !start.without.empty() && !own)
        std::fill(values.begin(), values.end(), T{0});
      else
        draw_taps(values, shape.back(), !kernel, autoencoder, toeplitz, source);
    } else if (shape.size() == 1 || tensor.ends_with(".bias")) {
      std::fill(values.begin(), values.end(), tensor.ends_with(".bias") ? T{0} : T{1});  // norms
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
