// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "model/pass/evaluator.hpp"

namespace tmm::test {

/// Logits of one whole pass, (m, v).
template <class T>
std::vector<std::vector<T>> whole_pass(const model::Tmm<T>& network, std::span<const std::int32_t> ids) {
  class Keeper : public model::ForwardObserver<T> {
   public:
    void logits(std::size_t, std::size_t first, model::MatrixView<const T> values) override {
      rows.resize(std::max(rows.size(), first + values.rows));
      for (std::size_t i = 0; i < values.rows; ++i)
        rows[first + i].assign(values.row(i), values.row(i) + values.cols);
    }
    [[nodiscard]] bool wants_all_logits() const override { return true; }
    std::vector<std::vector<T>> rows;
  } keeper;
  model::TokenBatch batch;
  batch.sequences = 1;
  batch.ids.assign(ids.begin(), ids.end());
  batch.labels = batch.ids;
  std::vector<model::TokenLoss> losses(ids.size());
  model::Evaluator<T>(network, ids.size(), 1).run(batch, losses, &keeper);
  return keeper.rows;
}

/// Largest difference over the largest logit.
template <class T>
class Gap {
 public:
  void add(std::span<const T> found, const std::vector<T>& wanted) {
    for (std::size_t j = 0; j < wanted.size(); ++j) {
      const auto difference = static_cast<double>(std::fabs(found[j] - wanted[j]));
      gap_ = difference <= gap_ ? gap_ : difference;  // NaN stays
      scale_ = std::max(scale_, static_cast<double>(std::fabs(wanted[j])));
    }
    if (found.size() != wanted.size()) gap_ = INFINITY;
  }
  [[nodiscard]] double relative() const { return gap_ / scale_; }

 private:
  double gap_ = 0, scale_ = 0;
};

}  // namespace tmm::test
