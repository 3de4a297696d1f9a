// SPDX-License-Identifier: MIT
#include "model/generation/whole_pass.hpp"

#include <algorithm>

#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/generation/cached_pass.hpp"
#include "model/generation/vector_products.hpp"

namespace tmm::model {
namespace {

template <NetworkScalar T>
const Tmm<T>& causal(const Tmm<T>& network) {
  require_causal(network.architecture);
  return network;
}

}  // namespace

template <NetworkScalar T>
WholePass<T>::WholePass(const Tmm<T>& network, std::size_t length, std::size_t threads)
    : pass_(causal(network), length),
      threads_(std::max<std::size_t>(1, threads)),
      workspace_(pass_.make_workspace(length, threads_)),
      logits_(network.architecture.vocabulary) {}

template <NetworkScalar T>
std::span<const T> WholePass<T>::logits(std::span<const std::int32_t> ids) {
  check_prompt(ids, pass_.length(), pass_.network().architecture.vocabulary);
  const OneBlasThread one_blas_thread;
  const MatrixView<T> x = pass_.run(ids, 1, workspace_, threads_for(ids.size(), threads_));
  std::ranges::fill(logits_, T{0});
  add_matrix_vector(pass_.network().output_matrix(), x.row(ids.size() - 1), logits_.data(), threads_);
  return logits_;
}

template class WholePass<float>;
template class WholePass<double>;

}  // namespace tmm::model
