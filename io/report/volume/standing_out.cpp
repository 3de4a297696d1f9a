// SPDX-License-Identifier: MIT
#include "io/report/volume/standing_out.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "analysis/statistics/summary.hpp"

namespace tmm::io {
namespace {

using analysis::OperatorReport, analysis::Status;

/// The measure as a finite number; nothing for a bound, or without a value.
std::optional<double> number(const OperatorReport& op, std::string_view id) {
  const analysis::Measure* measure = op.find(id);
  if (measure == nullptr || (measure->status != Status::certified && measure->status != Status::numerical) ||
      !std::isfinite(measure->value))
    return std::nullopt;
  return measure->value;
}

}  // namespace

StandingOut::StandingOut(std::string_view chosen) {
  for (const std::string_view id : main_measures)
    for (const char* side : {"smallest ", "largest "}) kinds_.push_back({side + std::string(id), 1, {}});
  for (const char* why : {"undecided", "not Fredholm", "warnings"})
    kinds_.push_back({why, most_of_a_kind, {}});
  kinds_.push_back({"chosen", most_chosen, {}});
  const model::LayerSelection whole(chosen);  // says what is wrong with the list
  for (bool more = !whole.all(); more;) {
    const std::size_t comma = chosen.find(',');
    const std::string item(chosen.substr(0, comma));
    items_.push_back({item, model::LayerSelection(item), false});
    more = comma != std::string_view::npos;
    if (more) chosen.remove_prefix(comma + 1);
  }
}

bool StandingOut::is_chosen(const model::LayerOperator& layer) {
  bool chosen = false;
  for (Item& item : items_)
    if (item.selection.chooses(layer)) chosen = item.matched = true;
  return chosen;
}

void StandingOut::add(std::size_t model, std::size_t row, const OperatorReport& op) {
  std::shared_ptr<const Kept> kept;  // made once it is wanted
  const auto offer = [&](Kind& kind, double value) {
    Rank rank{value, op.layer.name, model};
    if (kind.best.size() == kind.most) {
      const auto last = std::prev(kind.best.end());
      if (last->first < rank) return;
      kind.best.erase(last);
    }
    if (!kept) kept = std::make_shared<const Kept>(Kept{model, row, op});
    kind.best.emplace(std::move(rank), kept);
  };
  auto kind = kinds_.begin();
  for (const std::string_view id : main_measures) {
    const auto value = number(op, id);
    for (const double sign : {1., -1.}) {
      if (value) offer(*kind, sign * *value);
      ++kind;
    }
  }
  const bool index_undecided = op.winding.status == analysis::IndexStatus::undecided;
  const auto note = [&](bool is, double value, std::size_t& count) {
    if (is) ++count, offer(*kind, value);
    ++kind;
  };
  note(analysis::has_undecided(op), index_undecided ? 0 : 1, counts_.undecided);  // the index first
  note(op.winding.status == analysis::IndexStatus::not_fredholm, 0, counts_.not_fredholm);
  note(!op.warnings.empty(), 0, counts_.warned);
  note(is_chosen(op.layer), 0, counts_.chosen);
}

bool StandingOut::all_alike(std::size_t measure) const {
  const auto &least = kinds_[2 * measure].best, &greatest = kinds_[2 * measure + 1].best;
  return !least.empty() && least.begin()->first.value == -greatest.begin()->first.value;
}

std::vector<StandingOut::Card> StandingOut::cards() const {
  std::map<std::size_t, Card> by_row;
  for (std::size_t k = 0; k < kinds_.size(); ++k) {
    const Kind& kind = kinds_[k];
    if (k < 2 * main_measures.size() && all_alike(k / 2)) continue;
    for (const auto& [rank, kept] : kind.best) {
      Card& card = by_row[kept->row];
      card.kept = kept;
      card.why.push_back(kind.why);
    }
  }
  std::vector<Card> all;
  for (auto& [row, card] : by_row) all.push_back(std::move(card));
  return all;
}

std::size_t StandingOut::held() const {
  std::set<const Kept*> reports;
  for (const Kind& kind : kinds_)
    for (const auto& [rank, kept] : kind.best) reports.insert(kept.get());
  return reports.size();
}

std::vector<std::string> StandingOut::unmatched() const {
  std::vector<std::string> texts;
  for (const Item& item : items_)
    if (!item.matched) texts.push_back(item.text);
  return texts;
}

}  // namespace tmm::io
