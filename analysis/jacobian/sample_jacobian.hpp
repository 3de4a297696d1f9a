// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/jacobian/map_spectrum.hpp"
#include "model/network/tmm.hpp"

namespace tmm::analysis {

/// How the derivative of a network is looked at.
struct JacobianOptions {
  std::size_t steps = 64;         ///< of Golub–Kahan–Lanczos
  std::size_t probes = 16;        ///< random vectors for Σσ²
  std::size_t full_limit = 4096;  ///< m·d up to which all singular values of the stream are computed
  std::uint64_t seed = 0;         ///< of start vectors and probes
  std::size_t threads = 1;
  bool matrices = false;            ///< kept in the samples
  bool blocks = true;               ///< block by block, too
  bool through_bottleneck = false;  ///< of an autoencoder: all of it, not its encoder alone
};

/// Parts of blocks: all singular values up to a quarter of full_limit.
inline constexpr std::size_t part_share = 4;

/// ‖∂z/∂x_t‖ by position t ≤ p of the embedded input, z at position p.
struct RetentionProfile {
  std::vector<double> frobenius;  ///< by t; what is not above `floor` is not known
  std::vector<double> norm2;      ///< the same in the 2-norm; empty if not computed
  double floor = 0;               ///< error of each (estimate)
};

/// A part of a block and its singular values.
struct PartJacobian {
  /// "token_branch": what is added by mixing over time, its norm and projections included; "token": that
  /// residual sum, I + branch; "channel_branch", "channel": the same of channel mixing; "block": both sums.
  std::string part;
  MapSpectrum spectrum;
};

struct BlockJacobian {
  std::string name;
  std::vector<PartJacobian> parts;
  RetentionProfile token_branch, block;  ///< of the part's output at position p by its input at t
};

/// The derivative at one sequence. x_0 (m, d) is the embedded input, x the residual stream after the last
/// block, before a final norm (of an autoencoder: its encoder's, unless through_bottleneck).
struct SampleJacobian {
  MapSpectrum stream;  ///< ∂x/∂x_0 (m·d × m·d)
  MapSpectrum vector;  ///< ∂z/∂x_0 (d × m·d); z = x_p, of an autoencoder the code before its compression
  RetentionProfile retention;
  Measure
      effective_positions;  ///< exp of the entropy of ‖∂z/∂x_t‖_F² over t: how many positions z depends on
  /// Estimate of the 2-norm of the rounding error of ∂z/∂x_0: from the difference between forward mode and
  /// the way back on random vectors.
  double rounding = 0;
  std::vector<BlockJacobian> blocks;
  /// With JacobianOptions::matrices, by rows: ∂z/∂x_0, with zeros behind p, and ∂x/∂x_0 where all its
  /// singular values are computed; else empty.
  std::vector<double> vector_matrix, stream_matrix;
};

/// What the derivative is one of.
struct JacobianShape {
  std::size_t length = 0, dimension = 0;
  std::size_t position = 0;     ///< p of z
  std::size_t end_step = 0;     ///< steps of the stream, in data flow (model/pass/recorded_pass.hpp)
  std::size_t vector_step = 0;  ///< steps before z
};

/// Throws ArgumentError unless the network takes sequences of this length, and for one that ends before its
/// code.
JacobianShape jacobian_shape(const model::Tmm<double>& network, std::size_t length,
                             const JacobianOptions& options);

/// One sequence of ids, each < v (not checked). The same on any number of threads, bit for bit. Throws
/// FormatError where the derivative is not finite.
SampleJacobian sample_jacobian(const model::Tmm<double>& network, std::span<const std::int32_t> ids,
                               const JacobianOptions& options);

}  // namespace tmm::analysis
