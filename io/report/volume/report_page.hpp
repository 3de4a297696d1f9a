// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/report/analysis_report.hpp"
#include "io/report/volume/measure_columns.hpp"
#include "io/report/volume/standing_out.hpp"

namespace tmm::io {

/// The most operators of a page on which each has a card. A page of more is one of volume: distributions,
/// heat maps and a table of all, and cards of those that stand out.
inline constexpr std::size_t most_cards = 256;

/// What a page of volume may be told besides the results.
struct PageWishes {
  std::string cards;  ///< operators that have a card in any case: model::LayerSelection; empty: none
  /// The saved analysis that `tmm report` makes other cards of, where it is of one model; empty: none.
  std::string result;
  std::string options;  ///< further options of `tmm analyze`, as io/report/volume/card_command.hpp has them
};

/// Collects a report page while operators come one at a time. It holds at most most_cards reports until the
/// next one comes, and StandingOut::most from then on; of all others a row of MeasureColumns.
class ReportPage {
 public:
  explicit ReportPage(PageWishes wishes = {});

  /// The next operator, of model `model` of the report: all of one model before those of the next. Complete:
  /// with arrays, and with its place in the null model where there is one.
  void add(std::size_t model, const analysis::OperatorReport& op);

  /// The page. `head` is the report; operators in its models are not looked at. Throws ArgumentError where
  /// this program was built without the chart library.
  [[nodiscard]] std::string finish(AnalysisReport head);

  /// Reports that are held.
  [[nodiscard]] std::size_t held() const;
  /// Items of PageWishes::cards that no operator has matched.
  [[nodiscard]] std::vector<std::string> unmatched() const {
    return volume_ ? standing_out_.unmatched() : std::vector<std::string>();
  }

 private:
  using Elements = std::vector<std::pair<std::string, std::string>>;
  void add_row(std::size_t model, const analysis::OperatorReport& op);
  [[nodiscard]] std::string volume_json(const AnalysisReport& head,
                                        const std::vector<StandingOut::Card>& cards) const;

  /// z of one measure in the null model, NaN without.
  struct NullColumn {
    std::string id;
    std::vector<float> z;
  };

  PageWishes wishes_;
  std::vector<std::pair<std::size_t, analysis::OperatorReport>> few_;  ///< until there are too many
  bool volume_ = false;
  StandingOut standing_out_;
  MeasureColumns columns_;
  std::vector<NullColumn> null_;
  std::vector<std::string> names_, labels_, parts_;
  std::vector<std::uint32_t> models_, part_;
  std::vector<std::int32_t> blocks_, n_;
  std::vector<std::uint8_t> status_;   ///< place of the index's status in the page's list
  std::vector<std::int32_t> winding_;  ///< N where it is certified
};

/// The page of a whole report: report_html() up to most_cards operators, one of volume above.
std::string analysis_page(const AnalysisReport& report, const PageWishes& wishes = {});

}  // namespace tmm::io
