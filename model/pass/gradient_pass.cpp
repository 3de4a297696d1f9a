// SPDX-License-Identifier: MIT
#include "model/pass/gradient_pass.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/parameters.hpp"
#include "model/pass/gradient_workspace.hpp"

namespace tmm::model {
namespace {

// A group is as many sequences as make this many rows: enough to fill a matrix product, few enough to stay in
// the cache.
constexpr std::size_t rows_of_group = 256;
// At most so many lanes: that many threads can work at a time, and that many gradients are kept.
constexpr std::size_t most_lanes = 8;
// Lanes of large networks are fewer, so that their gradients take no more than this many numbers together.
constexpr std::size_t numbers_in_lanes = std::size_t{1} << 27;

std::size_t size_of(const auto& network) {
  std::size_t size = 0;
  for_each_array([&](auto values) { size += values.size(); }, network);
  return size;
}

/// How a batch is cut.
struct Cut {
  std::size_t sequences_of_group, groups, lanes;

  Cut(std::size_t sequences, std::size_t length, std::size_t lanes_allowed) {
    const std::size_t fill = std::max<std::size_t>(1, rows_of_group / length);
    sequences_of_group = std::min(fill, (sequences + lanes_allowed - 1) / lanes_allowed);
    groups = (sequences + sequences_of_group - 1) / sequences_of_group;
    lanes = std::min(groups, lanes_allowed);
  }
};

}  // namespace

template <NetworkScalar T>
class GradientPass<T>::Implementation {
 public:
  Implementation(const Tmm<T>& network, std::size_t sequences, std::size_t length, std::size_t threads,
                 GradientScope scope)
      : network_(&network),
        layers_(network, length),
        sequences_(sequences),
        length_(length),
        threads_(std::max<std::size_t>(1, threads)),
        lanes_allowed_(std::clamp<std::size_t>(numbers_in_lanes / size_of(network), 2, most_lanes)) {
    losses_.resize(lanes_allowed_);
    layers_.decoder_alone = scope == GradientScope::decoder;
    // Shorter sequences come in larger groups, and then there may be more lanes.
    const std::size_t lanes = std::min(sequences, lanes_allowed_);
    for (std::size_t i = 1; i < lanes; ++i) lanes_.push_back(zero_network<T>(network.architecture));
    for (std::size_t i = 0; i < std::min(threads_, lanes); ++i)
      workers_.emplace_back(layers_, std::max(rows_of_group, length));
  }

  void update() { layers_.update(); }
  double run(const TokenBatch& batch, Tmm<T>& gradient);

 private:
  void check(const TokenBatch& batch, const Tmm<T>& gradient) const;
  void add_lanes(std::size_t lanes, Tmm<T>& gradient);

  const Tmm<T>* network_;
  GradientLayers<T> layers_;
  std::size_t sequences_, length_, threads_, lanes_allowed_;
  std::vector<Tmm<T>> lanes_;  // all but the first, which sums into the result itself
  std::vector<double> losses_;
  std::vector<GradientWorkspace<T>> workers_;
};

template <NetworkScalar T>
void GradientPass<T>::Implementation::check(const TokenBatch& batch, const Tmm<T>& gradient) const {
  check_batch(batch, length_, network_->architecture.vocabulary);
  if (batch.sequences > sequences_)
    throw ArgumentError("more sequences than planned", {"", "", "at most " + std::to_string(sequences_),
                                                        std::to_string(batch.sequences), ""});
  if (size_of(gradient) != size_of(*network_))
    throw ArgumentError("the gradient must be a network of the same architecture");
}

template <NetworkScalar T>
double GradientPass<T>::Implementation::run(const TokenBatch& batch, Tmm<T>& gradient) {
  check(batch, gradient);
  const auto counted = static_cast<double>(
      batch.labels.size() -
      static_cast<std::size_t>(std::count(batch.labels.begin(), batch.labels.end(), ignored_label)));
  if (counted == 0) throw ArgumentError("no position of the batch has a label");
  const std::size_t m = batch.length();
  const Cut cut(batch.sequences, m, lanes_allowed_);
  const OneBlasThread one_blas_thread;
  parallel_for(cut.lanes, threads_, [&](std::size_t lane, std::size_t worker) {
    Tmm<T>& sums = lane == 0 ? gradient : lanes_[lane - 1];
    for_each_array([](std::span<T> values) { std::fill(values.begin(), values.end(), T{0}); }, sums);
    double loss = 0;
    const std::size_t end = (lane + 1) * cut.groups / cut.lanes;
    for (std::size_t group = lane * cut.groups / cut.lanes; group < end; ++group) {
      const std::size_t first = group * cut.sequences_of_group,
                        count = std::min(cut.sequences_of_group, batch.sequences - first);
      loss += workers_[worker].run(std::span(batch.ids).subspan(first * m, count * m),
                                   std::span(batch.labels).subspan(first * m, count * m), count, 1 / counted,
                                   sums);
    }
    losses_[lane] = loss;
  });
  add_lanes(cut.lanes, gradient);
  double loss = 0;
  for (std::size_t lane = 0; lane < cut.lanes; ++lane) loss += losses_[lane];
  return loss / counted;
}

// gradient += Σ lanes, entry by entry in the order of the lanes.
template <NetworkScalar T>
void GradientPass<T>::Implementation::add_lanes(std::size_t lanes, Tmm<T>& gradient) {
  constexpr std::size_t entries_of_piece = std::size_t{1} << 14;
  parallel_for(threads_, threads_, [&](std::size_t part, std::size_t) {
    for (std::size_t lane = 1; lane < lanes; ++lane) {
      std::size_t piece = 0;
      for_each_array(
          [&](std::span<T> sum, std::span<const T> more) {
            for (std::size_t i = 0; i < sum.size(); i += entries_of_piece, ++piece) {
              if (piece % threads_ != part) continue;
              const std::size_t end = std::min(i + entries_of_piece, sum.size());
              for (std::size_t j = i; j < end; ++j) sum[j] += more[j];
            }
          },
          gradient, lanes_[lane - 1]);
    }
  });
}

template <NetworkScalar T>
GradientPass<T>::GradientPass(const Tmm<T>& network, std::size_t sequences, std::size_t length,
                              std::size_t threads, GradientScope scope) {
  const std::size_t n = network.architecture.context;
  if (length == 0 || length > n)
    throw ArgumentError("the network does not take sequences of this length",
                        {"", "", "1 to " + std::to_string(n) + " tokens", std::to_string(length), ""});
  if (sequences == 0) throw ArgumentError("a batch needs at least one sequence");
  for (std::size_t i = scope == GradientScope::decoder ? network.encoder_blocks : 0;
       i < network.blocks.size(); ++i)
    if (network.blocks[i].token_mixer.averages.count != 0)
      throw ArgumentError("there is no way back through exponential averages",
                          {"", network.blocks[i].name, "blocks that mix over time in another way", "", ""});
  if (scope == GradientScope::decoder && !network.autoencoder())
    throw ArgumentError("only an autoencoder has a decoder",
                        {"", "", "an autoencoder", std::string(name(network.architecture.network)), ""});
  implementation_ = std::make_unique<Implementation>(network, sequences, length, threads, scope);
}

template <NetworkScalar T>
GradientPass<T>::~GradientPass() = default;
template <NetworkScalar T>
GradientPass<T>::GradientPass(GradientPass&&) noexcept = default;
template <NetworkScalar T>
GradientPass<T>& GradientPass<T>::operator=(GradientPass&&) noexcept = default;

template <NetworkScalar T>
void GradientPass<T>::update() {
  implementation_->update();
}

template <NetworkScalar T>
double GradientPass<T>::run(const TokenBatch& batch, Tmm<T>& gradient) {
  return implementation_->run(batch, gradient);
}

template class GradientPass<float>;
template class GradientPass<double>;

}  // namespace tmm::model
