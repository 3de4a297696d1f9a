// SPDX-License-Identifier: MIT
#include "io/report/volume/report_page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "io/json/json_text.hpp"
#include "io/report/operator_remarks.hpp"
#include "io/report/packed_numbers.hpp"
#include "io/report/page_data.hpp"
#include "io/report/report_html.hpp"
#include "io/report/volume/card_command.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::IndexStatus, analysis::OperatorReport;

constexpr std::array index_statuses{IndexStatus::certified, IndexStatus::not_fredholm, IndexStatus::undecided,
                                    IndexStatus::no_symbol};

/// ["a", "b"] on one line.
template <class Texts>
std::string texts_json(const Texts& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ",") + json_string(text);
  return "[" + list + "]";
}

std::string cards_json(const std::vector<StandingOut::Card>& cards) {
  std::string list;
  for (const StandingOut::Card& card : cards)
    list += (list.empty() ? "" : ", ") +
            json_line({{"row", json_integer(card.kept->row)}, {"why", texts_json(card.why)}});
  return "[" + list + "]";
}

std::string counts_json(const StandingOut::Counts& counts) {
  return json_line({{"undecided", json_integer(counts.undecided)},
                    {"not_fredholm", json_integer(counts.not_fredholm)},
                    {"warned", json_integer(counts.warned)},
                    {"chosen", json_integer(counts.chosen)},
                    {"most_of_a_kind", json_integer(StandingOut::most_of_a_kind)},
                    {"most_chosen", json_integer(StandingOut::most_chosen)}});
}

}  // namespace

ReportPage::ReportPage(PageWishes wishes) : wishes_(std::move(wishes)), standing_out_(wishes_.cards) {}

void ReportPage::add(std::size_t model, const OperatorReport& op) {
  if (!volume_ && few_.size() < most_cards) {
    few_.emplace_back(model, op);
    return;
  }
  if (!volume_) {
    volume_ = true;
    for (const auto& [of, report] : std::exchange(few_, {})) add_row(of, report);
  }
  add_row(model, op);
}

void ReportPage::add_row(std::size_t model, const OperatorReport& op) {
  const std::size_t row = names_.size();
  standing_out_.add(model, row, op);
  columns_.add(op.measures);
  names_.push_back(op.layer.name);
  labels_.push_back(model::layer_label(op.layer));
  const auto part = std::ranges::find(parts_, op.layer.part);
  part_.push_back(static_cast<std::uint32_t>(part - parts_.begin()));
  if (part == parts_.end()) parts_.push_back(op.layer.part);
  models_.push_back(static_cast<std::uint32_t>(model));
  blocks_.push_back(op.layer.block);
  n_.push_back(static_cast<std::int32_t>(model::order(op.layer)));
  const auto status = std::ranges::find(index_statuses, op.winding.status);
  status_.push_back(static_cast<std::uint8_t>(status - index_statuses.begin()));
  const bool certified = op.winding.status == IndexStatus::certified;
  winding_.push_back(certified ? static_cast<std::int32_t>(op.winding.number) : 0);
  for (const analysis::NullComparison& compared : op.null) {
    if (!compared.z_score) continue;
    auto column = std::ranges::find(null_, compared.id, &NullColumn::id);
    if (column == null_.end()) column = null_.insert(null_.end(), {compared.id, {}});
    column->z.resize(row, std::numeric_limits<float>::quiet_NaN());
    column->z.push_back(static_cast<float>(*compared.z_score));
  }
}

std::size_t ReportPage::held() const {
  return volume_ ? standing_out_.held() : few_.size();
}

std::string ReportPage::volume_json(const AnalysisReport& head,
                                    const std::vector<StandingOut::Card>& cards) const {
  std::vector<std::string> models, statuses, null;
  for (std::size_t m = 0; m < head.models.size(); ++m)
    models.push_back(
        json_line({{"operators", json_integer(static_cast<std::size_t>(std::ranges::count(models_, m)))},
                   {"command", json_string(analysis_command(head, head.models[m], wishes_.options))}}));
  for (const IndexStatus status : index_statuses) statuses.emplace_back(name(status));
  for (const NullColumn& column : null_) null.push_back(column.id);
  std::string model_list, longest;
  for (std::size_t k = 0; k < columns_.ids().size(); ++k)
    longest += (k == 0 ? "" : ",") + json_integer(columns_.longest(k));
  for (const std::string& model : models) model_list += (model_list.empty() ? "" : ", ") + model;
  // A name may be that of an operator in each of several models: then the file says which.
  const bool saved = !wishes_.result.empty() && head.models.size() == 1;
  const std::string result = wishes_.result.starts_with('-') ? "./" + wishes_.result : wishes_.result;
  return json_line({{"operators", json_integer(names_.size())},
                    {"most_cards", json_integer(most_cards)},
                    {"models", "[" + model_list + "]"},
                    {"result", !saved ? "null" : json_string("tmm report " + shell_word(result))},
                    {"main", texts_json(main_measures)},
                    {"columns", texts_json(columns_.ids())},
                    {"longest", "[" + longest + "]"},
                    {"null", texts_json(null)},
                    {"cards", cards_json(cards)},
                    {"counts", counts_json(standing_out_.counts())},
                    {"unmatched", texts_json(unmatched())},
                    {"statuses", texts_json(statuses)},
                    {"status", packed<std::uint8_t>(status_)},
                    {"winding", packed<std::int32_t>(winding_)},
                    {"n", packed<std::int32_t>(n_)},
                    {"model", packed<std::uint32_t>(models_)},
                    {"block", packed<std::int32_t>(blocks_)},
                    {"parts", texts_json(parts_)},
                    {"part", packed<std::uint32_t>(part_)},
                    {"labels", labels_ == names_ ? "null" : texts_json(labels_)},
                    {"names", texts_json(names_)}});
}

std::string ReportPage::finish(AnalysisReport head) {
  for (ModelReport& model : head.models) model.operators.clear();
  if (!volume_) {
    for (auto& [model, report] : std::exchange(few_, {}))
      head.models.at(model).operators.push_back(std::move(report));
    return report_html(head);
  }
  const std::vector<StandingOut::Card> cards = standing_out_.cards();
  Elements arrays;
  std::vector<std::string> shown, starts;
  for (const ModelReport& model : head.models)
    starts.emplace_back(starts_half_inside(head, model) ? "true" : "false");
  const std::string volume = volume_json(head, cards);
  for (const StandingOut::Card& card : cards) {
    const OperatorReport& op = card.kept->report;
    shown.push_back(page_operator_json(op));
    arrays.emplace_back("arrays-" + json_integer(arrays.size()), page_arrays_json(op));
    head.models.at(card.kept->model).operators.push_back(op);
  }
  Elements data{{"report", report_json(head, ReportArrays::left_out)},
                {"half-inside", json_array(starts, 1)},
                {"operators", json_array(shown, 1)},
                {"volume", volume}};
  for (std::size_t k = 0; k < columns_.ids().size(); ++k)
    data.emplace_back("column-" + json_integer(k), columns_.json(k));
  for (std::size_t k = 0; k < null_.size(); ++k) {
    std::vector<float> z = null_[k].z;
    z.resize(names_.size(), std::numeric_limits<float>::quiet_NaN());
    data.emplace_back("null-" + json_integer(k), json_line({{"z", packed<float>(z)}}));
  }
  std::ranges::move(arrays, std::back_inserter(data));
  return page_html(data);
}

std::string analysis_page(const AnalysisReport& report, const PageWishes& wishes) {
  std::size_t operators = 0;
  for (const ModelReport& model : report.models) operators += model.operators.size();
  if (operators <= most_cards) return report_html(report);
  ReportPage page(wishes);
  for (std::size_t m = 0; m < report.models.size(); ++m)
    for (const OperatorReport& op : report.models[m].operators) page.add(m, op);
  return page.finish(without_operators(report));
}

}  // namespace tmm::io
