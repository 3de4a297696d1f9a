// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// An autoencoder whose encoder comes from another network: how much of its input is left in one vector?
struct RetentionSizes {
  std::size_t context = 64;       ///< m, at most the encoder's n
  std::size_t blocks = 4;         ///< of the decoder
  std::size_t code_from_end = 1;  ///< the vector is x[m − 1], or x[m − 2]
  DecoderMixing decoder = DecoderMixing::toeplitz;
};

/// The architecture of such an autoencoder: embedding and blocks of `encoder` (of a language model all, of an
/// autoencoder those of its encoder), their Toeplitz layers cut to m taps and their dense matrices to m rows
/// and columns, which is what they apply to m tokens; then an unrolled bottleneck, decoder blocks and an
/// output matrix. The vector is one of the residual stream: a final norm of the encoder is left out. A
/// Toeplitz decoder has blocks of the encoder's variant, as in the TMM's autoencoder, where the encoder is a
/// TMM with Toeplitz layers, and otherwise a TMM's blocks with flat ones (encoder_autoencoder_family); a
/// dense one those of the information retention family. Throws ArgumentError naming `source`: an odd d, fewer
/// positions than m.
Architecture retention_architecture(const Architecture& encoder, const RetentionSizes& sizes,
                                    const std::string& source);

/// Writes embedding and encoder blocks of `encoder` over those of `network`, which has
/// retention_architecture() of its architecture.
template <NetworkScalar T>
void place_encoder(const Tmm<T>& encoder, Tmm<T>& network);

/// Whether embedding and encoder blocks of two such networks hold the same numbers.
template <NetworkScalar T>
bool same_encoder(const Tmm<T>& a, const Tmm<T>& b);

extern template void place_encoder(const Tmm<float>&, Tmm<float>&);
extern template void place_encoder(const Tmm<double>&, Tmm<double>&);
extern template bool same_encoder(const Tmm<float>&, const Tmm<float>&);
extern template bool same_encoder(const Tmm<double>&, const Tmm<double>&);

}  // namespace tmm::model
