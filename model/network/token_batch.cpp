// SPDX-License-Identifier: MIT
#include "model/network/token_batch.hpp"

#include <string>

#include "model/base/error.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::model {
namespace {

void check_token(std::int32_t token, std::size_t v, const char* what, std::size_t sequence,
                 std::size_t position) {
  if (token >= 0 && static_cast<std::size_t>(token) < v) return;
  throw ArgumentError(std::string("a ") + what + " is outside the vocabulary",
                      {"", "", "0 to " + std::to_string(v - 1),
                       std::to_string(token) + " at position " + std::to_string(position) + " of sequence " +
                           std::to_string(sequence),
                       ""});
}

}  // namespace

void check_batch(const TokenBatch& batch, std::size_t longest, std::size_t v) {
  const std::size_t m = batch.length();
  if (m == 0 || m > longest || batch.sequences * m != batch.ids.size())
    throw ArgumentError("sequences of a length that was not planned",
                        {"", "", "1 to " + std::to_string(longest) + " tokens", std::to_string(m), ""});
  if (batch.labels.size() != batch.ids.size()) throw ArgumentError("every token needs one label");
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    check_token(batch.ids[i], v, "token", i / m, i % m);
    if (batch.labels[i] != ignored_label) check_token(batch.labels[i], v, "label", i / m, i % m);
  }
}

}  // namespace tmm::model
