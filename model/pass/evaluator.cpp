// SPDX-License-Identifier: MIT
#include "model/pass/evaluator.hpp"

#include <algorithm>

#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/base/matrix_product.hpp"
#include "model/base/parallel.hpp"

namespace tmm::model {
namespace {

// A group is as many sequences as make this many rows: enough to fill a matrix product.
constexpr std::size_t rows_of_group = 256;
// Logits are formed for so many rows that they are about this many numbers, and stay in the cache.
constexpr std::size_t logits_at_a_time = std::size_t{1} << 20;
constexpr std::size_t most_logit_rows = 256;
constexpr std::size_t least_logit_rows = 32;

std::size_t sequences_of_group(std::size_t length) {
  return std::max<std::size_t>(1, rows_of_group / length);
}

}  // namespace

template <NetworkScalar T>
Evaluator<T>::Evaluator(const Tmm<T>& network, std::size_t length, std::size_t threads)
    : pass_(network, length),
      threads_(std::max<std::size_t>(1, threads)),
      logit_rows_(std::clamp(logits_at_a_time / network.architecture.vocabulary, least_logit_rows,
                             most_logit_rows)) {}

template <NetworkScalar T>
void Evaluator<T>::check(const TokenBatch& batch, std::span<TokenLoss> out) const {
  check_batch(batch, pass_.length(), pass_.network().architecture.vocabulary);
  if (out.size() != batch.ids.size()) throw ArgumentError("every token needs one place for its loss");
}

template <NetworkScalar T>
void Evaluator<T>::run(const TokenBatch& batch, std::span<TokenLoss> out, ForwardObserver<T>* observer) {
  check(batch, out);
  const std::size_t group = sequences_of_group(batch.length()),
                    groups = (batch.sequences + group - 1) / group;
  // Whole groups to each thread where there are enough of them: threads then never wait for each other.
  // Otherwise all threads work inside one group.
  const bool split_groups = groups >= threads_;
  const std::size_t outer = split_groups ? threads_ : 1, inner = split_groups ? 1 : threads_;
  while (workers_.size() < outer)
    workers_.push_back({pass_.make_workspace(std::max(rows_of_group, pass_.length()), threads_),
                        AlignedVector<T>(threads_ * logit_rows_ * pass_.network().architecture.vocabulary)});
  const OneBlasThread one_blas_thread;
  parallel_for(groups, outer, [&](std::size_t i, std::size_t worker) {
    const std::size_t first = i * group;
    run_group(batch, first, std::min(group, batch.sequences - first), out, workers_[worker], inner, observer);
  });
}

template <NetworkScalar T>
void Evaluator<T>::run_group(const TokenBatch& batch, std::size_t first, std::size_t sequences,
                             std::span<TokenLoss> out, Worker& worker, std::size_t threads,
                             ForwardObserver<T>* observer) const {
  const std::size_t m = batch.length();
  const auto ids = std::span(batch.ids).subspan(first * m, sequences * m);
  const MatrixView<T> x = pass_.run(ids, sequences, worker.workspace, threads, observer, first);
  for (std::size_t s = 0; s < sequences; ++s) {
    const std::size_t start = (first + s) * m;
    finish_sequence(first + s, x.middle_rows(s * m, m), batch.labels.data() + start, out.data() + start,
                    worker, threads, observer);
  }
}

template <NetworkScalar T>
void Evaluator<T>::finish_sequence(std::size_t sequence, MatrixView<const T> x, const std::int32_t* labels,
                                   TokenLoss* out, Worker& worker, std::size_t threads,
                                   ForwardObserver<T>* observer) const {
  const MatrixView<const T> matrix = pass_.network().output_matrix();
  std::fill_n(out, x.rows, TokenLoss{});
  std::size_t begin = 0, end = x.rows;
  if (observer == nullptr || !observer->wants_all_logits()) {
    // A copy task ignores half of its positions: their logits are nobody's business.
    while (begin < end && labels[begin] == ignored_label) ++begin;
    while (end > begin && labels[end - 1] == ignored_label) --end;
  }
  parallel_for(
      (end - begin + logit_rows_ - 1) / logit_rows_, threads, [&](std::size_t tile, std::size_t thread) {
        const std::size_t first = begin + tile * logit_rows_, count = std::min(logit_rows_, end - first);
        const MatrixView<T> logits(worker.logits.data() + thread * logit_rows_ * matrix.rows, count,
                                   matrix.rows);
        multiply_transposed(x.middle_rows(first, count), matrix, T{0}, logits);
        cross_entropy(logits, labels + first, out + first);
        if (observer != nullptr) observer->logits(sequence, first, logits);
      });
}

template class Evaluator<float>;
template class Evaluator<double>;

}  // namespace tmm::model
