// SPDX-License-Identifier: MIT
#include "io/report/volume/report_page.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "../reports.hpp"
#include "io/report/page_assets.hpp"
#include "io/report/report_html.hpp"

using namespace tmm;
using test::page_missing;

namespace {

/// Two models of this many operators together: the seven of report_of_everything again and again, renamed.
io::AnalysisReport many(std::size_t count) {
  io::AnalysisReport report = test::report_of_everything();
  const auto seven = report.models[0].operators;
  report.models[0].operators.clear();
  report.models.push_back(report.models[0]);
  report.models[1].file = "second.h5";
  for (std::size_t i = 0; i < count; ++i) {
    auto& model = report.models[i < count / 2 ? 0 : 1];
    model.operators.push_back(seven[i % seven.size()]);
    model.operators.back().layer.block = static_cast<int>(i / 8);
    model.operators.back().layer.head = static_cast<int>(i % 8);
    model.operators.back().layer.name = "mixer_blocks." + std::to_string(i);
  }
  return report;
}

std::string collected(const io::AnalysisReport& report, const io::PageWishes& wishes = {}) {
  io::ReportPage page(wishes);
  for (std::size_t m = 0; m < report.models.size(); ++m)
    for (const auto& op : report.models[m].operators) page.add(m, op);
  return page.finish(report);
}

nlohmann::json element(const std::string& page, const std::string& id) {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(opening);
  if (begin == std::string::npos) return {};
  return nlohmann::json::parse(
      page.substr(begin + opening.size(), page.find("</script>", begin) - begin - opening.size()));
}

}  // namespace

TEST_CASE("a page that is collected one operator at a time is the page of the whole report, byte for byte") {
  if (page_missing()) return;
  const io::AnalysisReport few = many(io::most_cards);
  const std::string page = io::report_html(few);
  CHECK(collected(few) == page);
  CHECK(io::analysis_page(few) == page);
  CHECK(page.find("id=\"volume\"") == std::string::npos);
  const io::AnalysisReport more = many(io::most_cards + 1);
  CHECK(collected(more) == io::analysis_page(more));
}

TEST_CASE("a page of volume has a line of every operator and whole reports only of those that stand out") {
  if (page_missing()) return;
  const io::AnalysisReport report = many(300);
  const std::string page =
      io::analysis_page(report, {.cards = "7.h*", .result = "my result.h5", .options = {}});
  const auto volume = element(page, "volume");
  CHECK(volume["operators"] == 300);
  CHECK(volume["names"].size() == 300);
  CHECK(volume["labels"][9] == "1.h1");
  CHECK(volume["models"][0]["operators"] == 150);
  CHECK(volume["models"][1]["command"] == "tmm analyze second.h5");
  CHECK(volume["result"].is_null());  // an operator of this name may be in both models
  CHECK(volume["counts"]["chosen"] == 8);
  CHECK(volume["unmatched"].empty());
  const auto kept = element(page, "report");
  std::size_t cards = 0;
  for (const auto& model : kept["models"])
    for (const auto& op : model["operators"]) {
      const std::size_t row = volume["cards"][cards]["row"];
      CHECK(op["name"] == volume["names"][row]);
      CHECK_FALSE(volume["cards"][cards]["why"].empty());
      CHECK_FALSE(element(page, "arrays-" + std::to_string(cards)).is_null());
      ++cards;
    }
  CHECK(cards == volume["cards"].size());
  CHECK(cards <= io::StandingOut::most);
  CHECK(element(page, "operators").size() == cards);
  CHECK(element(page, "arrays-" + std::to_string(cards)).is_null());
  for (std::size_t k = 0; k < volume["columns"].size(); ++k)
    CHECK(element(page, "column-" + std::to_string(k))["id"] == volume["columns"][k]);
  CHECK(volume["main"].size() == io::main_measures.size());
}

TEST_CASE("a page of volume of one saved analysis says how to make other cards of that") {
  if (page_missing()) return;
  io::AnalysisReport report = many(600);
  report.models.pop_back();
  const auto volume =
      element(io::analysis_page(report, {.cards = {}, .result = "my result.h5", .options = {}}), "volume");
  CHECK(volume["operators"] == 300);
  CHECK(volume["result"] == "tmm report 'my result.h5'");
}

TEST_CASE("collecting a page holds no more reports than its limits say") {
  const auto seven = test::report_of_everything().models[0].operators;
  io::ReportPage page;
  std::size_t most = 0;
  for (std::size_t i = 0; i < 1500; ++i) {
    auto op = seven[i % seven.size()];
    op.layer.name += std::to_string(9999 - i);
    page.add(0, op);
    most = std::max(most, page.held());
    if (i >= io::most_cards) CHECK(page.held() <= io::StandingOut::most);
  }
  CHECK(most == io::most_cards);
}
