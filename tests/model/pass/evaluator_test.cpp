// SPDX-License-Identifier: MIT
#include "model/pass/evaluator.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/base/error.hpp"
#include "model/network/naive_families.hpp"
#include "model/network/random_network.hpp"

using namespace tmm;
using model::Evaluator, model::TokenBatch, model::TokenLoss;
using test::random_batch, test::random_state;

namespace {

/// Keeps all logits: [sequence][position][token].
template <class T>
class LogitKeeper : public model::ForwardObserver<T> {
 public:
  explicit LogitKeeper(const TokenBatch& batch)
      : kept(batch.sequences, test::NaiveNetwork::Matrix(batch.length())) {}
  void logits(std::size_t sequence, std::size_t first, model::MatrixView<const T> values) override {
    for (std::size_t i = 0; i < values.rows; ++i)
      kept[sequence][first + i].assign(values.row(i), values.row(i) + values.cols);
  }
  [[nodiscard]] bool wants_all_logits() const override { return true; }

  std::vector<test::NaiveNetwork::Matrix> kept;
};

template <class T>
std::vector<test::NaiveNetwork::Matrix> logits_of(const model::Tmm<T>& network, const TokenBatch& batch,
                                                  std::size_t threads = 1) {
  std::vector<TokenLoss> losses(batch.ids.size());
  LogitKeeper<T> keeper(batch);
  Evaluator<T>(network, batch.length(), threads).run(batch, losses, &keeper);
  return keeper.kept;
}

std::vector<std::int32_t> sequence_of(const TokenBatch& batch, std::size_t s) {
  const auto m = static_cast<std::ptrdiff_t>(batch.length()), first = static_cast<std::ptrdiff_t>(s) * m;
  return {batch.ids.begin() + first, batch.ids.begin() + first + m};
}

double largest_gap(const test::NaiveNetwork::Matrix& a, const test::NaiveNetwork::Matrix& b) {
  double gap = 0;
  for (std::size_t t = 0; t < a.size(); ++t)
    for (std::size_t j = 0; j < b[t].size(); ++j) gap = std::max(gap, std::fabs(a[t].at(j) - b[t][j]));
  return gap;
}

}  // namespace

TEST_CASE("every variant agrees with the definition written as loops, at full and at shorter lengths") {
  for (const auto& variant : test::variants()) {
    const auto state = random_state(variant);
    const auto in_double = model::load_network<double>(state);
    const auto in_float = model::load_network<float>(state);
    for (const std::size_t length : {21U, 20U, 13U, 2U, 1U}) {
      CAPTURE(variant, length);
      if (test::is_dense(variant) && length == 1) continue;  // the code is that of the last token but one
      const auto batch = random_batch(3, length, true);
      const auto found = logits_of(in_double, batch), rounded = logits_of(in_float, batch);
      for (std::size_t s = 0; s < batch.sequences; ++s) {
        const auto wanted = test::NaiveFamilyNetwork(state).logits(sequence_of(batch, s));
        CHECK(largest_gap(found[s], wanted) < 1e-11);
        CHECK(largest_gap(rounded[s], wanted) < 2e-3);
      }
    }
  }
}

TEST_CASE("averages agree with their definition written as loops") {
  for (const auto& variant : test::forward_variants()) {
    const auto state = random_state(variant);
    const auto in_double = model::load_network<double>(state);
    const auto in_float = model::load_network<float>(state);
    for (const std::size_t length : {21U, 13U, 2U}) {
      CAPTURE(variant, length);
      const auto batch = random_batch(3, length, true);
      const auto found = logits_of(in_double, batch, 2), rounded = logits_of(in_float, batch);
      for (std::size_t s = 0; s < batch.sequences; ++s) {
        const auto wanted = test::NaiveFamilyNetwork(state).logits(sequence_of(batch, s));
        CHECK(largest_gap(found[s], wanted) < 1e-11);
        CHECK(largest_gap(rounded[s], wanted) < 2e-3);
      }
    }
  }
}

TEST_CASE("dense causal matrices of more rows than a tile read nothing from above the diagonal") {
  const std::size_t n = 150;
  const auto state = random_state("dense_heads", n);
  const auto batch = random_batch(1, n, true);
  const auto found = logits_of(model::load_network<double>(state), batch);
  CHECK(largest_gap(found[0], test::NaiveFamilyNetwork(state).logits(sequence_of(batch, 0))) < 1e-10);
}

TEST_CASE("attention over several tiles of queries agrees with its definition written as loops") {
  const std::size_t n = 150;
  const auto state = random_state("attention", n);
  const auto batch = random_batch(3, n, false);
  for (const std::size_t threads : {1U, 2U}) {
    const auto found = logits_of(model::load_network<double>(state), batch, threads);
    for (std::size_t s = 0; s < batch.sequences; ++s)
      CHECK(largest_gap(found[s], test::NaiveFamilyNetwork(state).logits(sequence_of(batch, s))) < 1e-10);
  }
}

TEST_CASE("softmax of large scores does not overflow") {
  auto network = model::load_network<float>(random_state("attention"));
  for (auto& block : network.blocks)
    for (float& w : block.token_mixer.attention.weight) w *= 100;  // scores of 10⁵
  const auto logits = logits_of(network, random_batch(1, 21, false));
  for (const auto& row : logits[0])
    for (const double x : row) CHECK(std::isfinite(x));
}

TEST_CASE("mean-normalised rows agree with their definition written as loops") {
  for (const std::string variant : {"softplus_heads", "plain_heads"}) {
    CAPTURE(variant);
    const auto state = test::random_state(variant);
    const auto network = test::mean_normalised(model::load_network<double>(state));
    const auto batch = random_batch(2, 20, true);
    const auto found = logits_of(network, batch);
    for (std::size_t s = 0; s < batch.sequences; ++s)
      CHECK(largest_gap(found[s], test::NaiveFamilyNetwork(state, true).logits(sequence_of(batch, s))) <
            1e-10);
  }
}

TEST_CASE("a code behind the beginning of a sequence is refused, one from the end is read where asked") {
  const auto state = random_state("dense");
  const auto network = model::load_network<double>(state);
  CHECK_THROWS_WITH(logits_of(network, random_batch(1, 1, true)), Catch::Contains("at least 2"));
  auto autoencoder = model::load_network<double>(random_state("autoencoder"));
  autoencoder.architecture.form.code_from_end = 2;
  // The last token is then not in the code, and the decoder sees nothing else.
  auto batch = random_batch(1, 21, true);
  const auto before = logits_of(autoencoder, batch);
  batch.ids[20] = (batch.ids[20] + 1) % 30;
  CHECK(logits_of(autoencoder, batch) == before);
  batch.ids[19] = (batch.ids[19] + 1) % 30;
  CHECK(logits_of(autoencoder, batch) != before);
}

TEST_CASE("losses are the cross entropy of the logits") {
  const auto network = model::load_network<double>(random_state("heads"));
  const auto batch = random_batch(2, 21, false);
  std::vector<TokenLoss> losses(batch.ids.size());
  Evaluator<double>(network, 21, 1).run(batch, losses);
  const auto logits = logits_of(network, batch);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const auto& row = logits[i / 21][i % 21];
    CHECK(losses[i].counted == (i % 21 != 20));
    if (!losses[i].counted) continue;
    double sum = 0;
    for (const double x : row) sum += std::exp(x);
    CHECK(losses[i].loss ==
          Approx(std::log(sum) - row[static_cast<std::size_t>(batch.labels[i])]).epsilon(1e-11));
  }
}

TEST_CASE("changing a token changes nothing before it, in every causal variant") {
  for (const auto& variant : test::variants()) {
    if (test::is_autoencoder(variant)) continue;
    const auto network = model::load_network<float>(random_state(variant));
    auto batch = random_batch(1, 21, false);
    const auto before = logits_of(network, batch)[0];
    for (const std::size_t changed : {0U, 7U, 20U}) {
      CAPTURE(variant, changed);
      auto other = batch;
      other.ids[changed] = (other.ids[changed] + 1) % 30;
      const auto after = logits_of(network, other)[0];
      for (std::size_t t = 0; t < changed; ++t) CHECK(after[t] == before[t]);
      CHECK(after[changed] != before[changed]);
    }
  }
}

TEST_CASE("long sequences, mixed by FFT, are causal up to rounding and agree with the definition") {
  const auto state = random_state("heads", 700);
  const auto network = model::load_network<double>(state);
  auto batch = random_batch(1, 700, false);
  const auto before = logits_of(network, batch)[0];
  CHECK(largest_gap(before, test::NaiveNetwork(state).logits(sequence_of(batch, 0))) < 1e-10);
  batch.ids[650] = (batch.ids[650] + 1) % 30;
  const auto after = logits_of(network, batch)[0];
  double gap = 0;
  for (std::size_t t = 0; t < 650; ++t) gap = std::max(gap, largest_gap({after[t]}, {before[t]}));
  CHECK(gap < 1e-11);
  CHECK(largest_gap({after[650]}, {before[650]}) > 1e-3);
}

TEST_CASE("an autoencoder sees nothing of its input but the last position of the encoder") {
  const auto network = model::load_network<double>(random_state("autoencoder_compressed"));
  auto batch = random_batch(1, 21, true);
  const auto before = logits_of(network, batch)[0];
  batch.ids[0] = (batch.ids[0] + 1) % 30;
  const auto after = logits_of(network, batch)[0];
  for (std::size_t t = 0; t < 21; ++t) CHECK(after[t] != before[t]);
}

TEST_CASE("a batch gives what its sequences give one by one, whatever the number of threads") {
  for (const auto& variant : test::variants()) {
    CAPTURE(variant);
    const auto network = model::load_network<float>(random_state(variant));
    const auto batch = random_batch(29, 21, true);  // more than one group of sequences
    const auto together = logits_of(network, batch);
    CHECK(logits_of(network, batch, 2) == together);
    CHECK(logits_of(network, batch, 7) == together);
    for (const std::size_t s : {0U, 11U, 28U}) {
      const TokenBatch alone{1, sequence_of(batch, s), sequence_of(batch, s)};
      CHECK(largest_gap(logits_of(network, alone)[0], together[s]) < 1e-4);
    }
  }
}

TEST_CASE("one evaluator serves batches of different sizes and lengths") {
  const auto network = model::load_network<float>(random_state("heads_expanded"));
  Evaluator<float> evaluator(network, 21, 2);
  for (const std::size_t length : {21U, 3U, 20U}) {
    const auto batch = random_batch(40, length, true);
    std::vector<TokenLoss> losses(batch.ids.size()), fresh(batch.ids.size());
    evaluator.run(batch, losses);
    Evaluator<float>(network, length, 1).run(batch, fresh);
    for (std::size_t i = 0; i < losses.size(); ++i)
      CHECK(losses[i].loss == Approx(fresh[i].loss).epsilon(1e-4).margin(1e-4));
  }
}

TEST_CASE("bad tokens, labels and lengths are refused, saying where") {
  const auto network = model::load_network<float>(random_state("flat"));
  Evaluator<float> evaluator(network, 21, 1);
  auto batch = random_batch(2, 21, false);
  std::vector<TokenLoss> losses(batch.ids.size());
  batch.ids[25] = 30;
  CHECK_THROWS_WITH(evaluator.run(batch, losses), Catch::Contains("30 at position 4 of sequence 1"));
  batch.ids[25] = -1;
  CHECK_THROWS_WITH(evaluator.run(batch, losses), Catch::Contains("-1 at position 4 of sequence 1"));
  batch.ids[25] = 0;
  batch.labels[3] = 99;
  CHECK_THROWS_WITH(evaluator.run(batch, losses),
                    Catch::Contains("label") && Catch::Contains("99 at position 3"));
  CHECK_THROWS_AS(Evaluator<float>(network, 22, 1), ArgumentError);
  const auto longer = random_batch(1, 22, false);
  std::vector<TokenLoss> more(22);
  CHECK_THROWS_WITH(evaluator.run(longer, more), Catch::Contains("1 to 21 tokens") && Catch::Contains("22"));
}
