// SPDX-License-Identifier: MIT
#include "model/generation/token_mixing_cache.hpp"

#include "model/base/error.hpp"
#include "model/generation/attention_cache.hpp"
#include "model/generation/averages_cache.hpp"
#include "model/generation/dense_cache.hpp"
#include "model/generation/toeplitz_cache.hpp"

namespace tmm::model {

template <NetworkScalar T>
std::unique_ptr<TokenMixingCache<T>> make_token_mixing_cache(const Block<T>& block, CacheMethod method) {
  const TokenMixer<T>& mixer = block.token_mixer;
  if (mixer.averages.count != 0) return std::make_unique<AveragesCache<T>>(block);
  if (mixer.first.heads != 0) return std::make_unique<ToeplitzCache<T>>(block, method);
  if (mixer.attention.heads != 0) return std::make_unique<AttentionCache<T>>(block);
  if (mixer.dense.heads == 1 && mixer.in.out == 0) return std::make_unique<DenseCache<T>>(block);
  throw ArgumentError("no cache is known for the way this block mixes over time",
                      {"", block.name, "", "", ""});
}

template std::unique_ptr<TokenMixingCache<float>> make_token_mixing_cache(const Block<float>&, CacheMethod);
template std::unique_ptr<TokenMixingCache<double>> make_token_mixing_cache(const Block<double>&, CacheMethod);

}  // namespace tmm::model
