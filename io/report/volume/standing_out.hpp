// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/measures/report.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::io {

/// The measures whose distributions and heat maps a page of volume has, and whose extremes have a card.
inline constexpr std::array<std::string_view, 11> main_measures{
    "winding_fraction", "index_margin_relative",   "index_radius",
    "jensen_defect",    "smallest_zero",           "sigma_max",
    "log10_sigma_min",  "effective_index_float32", "stable_rank",
    "effective_rank",   "avram_parter_distance"};

/// Of very many operators the few that stand out, whole: those with the least and the greatest value of a
/// main measure, the first by name of those with an undecided index or measure, without a Fredholm index,
/// with warnings, and the chosen ones. Which are kept does not depend on the order in which they come: among
/// equals the first by name, then by model, is kept.
class StandingOut {
 public:
  static constexpr std::size_t most_of_a_kind = 8;  ///< undecided, not Fredholm, with warnings
  static constexpr std::size_t most_chosen = 32;
  /// Reports that are held at any moment.
  static constexpr std::size_t most = 2 * main_measures.size() + 3 * most_of_a_kind + most_chosen;

  /// `chosen`: a list as model::LayerSelection has it; empty: none. Throws as that does.
  explicit StandingOut(std::string_view chosen = {});

  /// Looks at an operator of model `model`, line `row` of the page's table.
  void add(std::size_t model, std::size_t row, const analysis::OperatorReport& op);

  struct Kept {
    std::size_t model = 0, row = 0;
    analysis::OperatorReport report;
  };
  /// An operator that has a card, with why: "largest jensen_defect", "undecided", "chosen", …
  struct Card {
    std::shared_ptr<const Kept> kept;
    std::vector<std::string> why;
  };
  /// By row.
  [[nodiscard]] std::vector<Card> cards() const;

  /// Reports that are held now: at most `most`.
  [[nodiscard]] std::size_t held() const;

  /// How many there are of a kind, whether they have a card or not.
  struct Counts {
    std::size_t undecided = 0, not_fredholm = 0, warned = 0, chosen = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// Items of the list of chosen ones that no operator has matched.
  [[nodiscard]] std::vector<std::string> unmatched() const;

 private:
  /// Where an operator stands among others: the least is the best.
  struct Rank {
    double value = 0;
    std::string name;
    std::size_t model = 0;
    auto operator<=>(const Rank&) const = default;
  };
  struct Kind {
    std::string why;
    std::size_t most = 1;
    std::map<Rank, std::shared_ptr<const Kept>> best;
  };
  struct Item {
    std::string text;
    model::LayerSelection selection;
    bool matched = false;
  };
  bool is_chosen(const model::LayerOperator& layer);
  /// Whether a main measure has but one value, which nothing stands out by.
  [[nodiscard]] bool all_alike(std::size_t measure) const;

  std::vector<Kind> kinds_;  ///< least and greatest of each main measure, then undecided, not Fredholm,
                             ///< warned, chosen
  std::vector<Item> items_;
  Counts counts_;
};

}  // namespace tmm::io
