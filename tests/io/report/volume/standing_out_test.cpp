// SPDX-License-Identifier: MIT
#include "io/report/volume/standing_out.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm;
using analysis::Measure, analysis::OperatorReport, analysis::Status, io::StandingOut;

namespace {

/// An operator of this name that has the values of the main measures, one by one.
OperatorReport report(const std::string& name, const std::vector<double>& values) {
  OperatorReport op;
  op.layer.name = name;
  op.layer.part = "mixer_blocks";
  op.layer.taps = {1, 0.5};
  op.winding.status = analysis::IndexStatus::certified;
  for (std::size_t k = 0; k < values.size(); ++k)
    op.measures.push_back(
        {std::string(io::main_measures.at(k)), {values[k], Status::numerical, 1e-9, "made"}});
  return op;
}

std::vector<OperatorReport> random_reports(std::size_t count, int distinct) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> draw(0, distinct - 1);
  std::vector<OperatorReport> all;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> values;
    for (std::size_t k = 0; k < io::main_measures.size(); ++k) values.push_back(draw(random));
    all.push_back(report("layer." + std::to_string(i * 7919 % count), values));
    if (i % 3 == 0) all.back().winding.status = analysis::IndexStatus::undecided;
    if (i % 5 == 0) all.back().winding.status = analysis::IndexStatus::not_fredholm;
    if (i % 7 == 0) all.back().warnings.emplace_back("made");
  }
  return all;
}

/// Name → why, of the cards.
std::map<std::string, std::vector<std::string>> reasons(const StandingOut& standing_out) {
  std::map<std::string, std::vector<std::string>> found;
  for (const StandingOut::Card& card : standing_out.cards()) found[card.kept->report.layer.name] = card.why;
  return found;
}

}  // namespace

TEST_CASE("the few that stand out are the true extremes of every main measure") {
  const std::vector<OperatorReport> all = random_reports(3000, 1'000'000);
  StandingOut standing_out;
  for (std::size_t i = 0; i < all.size(); ++i) standing_out.add(0, i, all[i]);
  const auto cards = standing_out.cards();
  for (std::size_t k = 0; k < io::main_measures.size(); ++k) {
    const auto value = [&](const OperatorReport& op) { return op.measures[k].measure.value; };
    const auto [least, greatest] = std::ranges::minmax(all, {}, value);
    for (const auto& [side, wanted] : {std::pair("smallest ", value(least)), {"largest ", value(greatest)}}) {
      const std::string why = side + std::string(io::main_measures[k]);
      const auto card = std::ranges::find_if(
          cards, [&](const StandingOut::Card& c) { return std::ranges::find(c.why, why) != c.why.end(); });
      INFO(why);
      REQUIRE(card != cards.end());
      CHECK(value(card->kept->report) == wanted);
    }
  }
  for (const StandingOut::Card& card : cards)
    CHECK(card.kept->report.layer.name == all[card.kept->row].layer.name);
  CHECK(std::ranges::is_sorted(cards, {}, [](const StandingOut::Card& card) { return card.kept->row; }));
}

TEST_CASE("which operators stand out does not depend on the order in which they come, ties go by name") {
  std::vector<OperatorReport> all = random_reports(600, 4);  // values are shared by many
  std::map<std::string, std::vector<std::string>> first;
  std::mt19937 random(3);
  for (int round = 0; round < 6; ++round) {
    StandingOut standing_out("layer.1*");
    for (std::size_t i = 0; i < all.size(); ++i) standing_out.add(0, i, all[i]);
    if (round == 0) first = reasons(standing_out);
    CHECK(reasons(standing_out) == first);
    std::ranges::shuffle(all, random);
  }
  std::string by_name = "~";
  for (const OperatorReport& op : all)
    if (op.measures[0].measure.value == 0) by_name = std::min(by_name, op.layer.name);
  CHECK(std::ranges::count(first.at(by_name), "smallest " + std::string(io::main_measures[0])) == 1);
}

TEST_CASE("however many come, and each more extreme than the last, few reports are held") {
  StandingOut standing_out("*");
  std::size_t most = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const double up = static_cast<double>(i) * (i % 2 == 0 ? 1 : -1);
    OperatorReport op = report("layer." + std::to_string(9999 - i),  // each precedes all before it
                               std::vector<double>(io::main_measures.size(), up));
    op.winding.status = i % 2 == 0 ? analysis::IndexStatus::undecided : analysis::IndexStatus::not_fredholm;
    op.warnings.emplace_back("made");
    standing_out.add(0, i, op);
    most = std::max(most, standing_out.held());
  }
  CHECK(most <= StandingOut::most);
  CHECK(most <= 2 + 2 * StandingOut::most_of_a_kind + StandingOut::most_chosen);
  CHECK(standing_out.counts().undecided == 1000);
  CHECK(standing_out.counts().not_fredholm == 1000);
  CHECK(standing_out.counts().warned == 2000);
  CHECK(standing_out.counts().chosen == 2000);
}

TEST_CASE("an undecided index stands before an undecided measure, then names decide") {
  StandingOut standing_out;
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < 40; ++i) {
    OperatorReport op = report("layer." + std::to_string(10 + i), {});
    op.measures.push_back({"smallest_zero", Measure::undecided("made")});
    if (i >= 30) {
      op.winding.status = analysis::IndexStatus::undecided;
      if (wanted.size() < StandingOut::most_of_a_kind) wanted.insert(op.layer.name);
    }
    standing_out.add(0, i, op);
  }
  std::set<std::string> found;
  for (const auto& [name, why] : reasons(standing_out)) {
    CHECK(why == std::vector<std::string>{"undecided"});
    found.insert(name);
  }
  CHECK(found == wanted);
  CHECK(standing_out.counts().undecided == 40);
}

TEST_CASE("bounds, infinities and what is undecided are no extremes, nor is a value that all share") {
  StandingOut standing_out;
  const auto add = [&](std::size_t row, double value, Status status) {
    OperatorReport op = report("layer." + std::to_string(row), {0.25});
    op.measures.push_back({"sigma_max", {value, status, 0, "made"}});
    standing_out.add(0, row, op);
  };
  add(0, 1, Status::numerical);
  add(1, 2, Status::numerical);
  add(2, 1e-300, Status::below_precision);
  add(3, HUGE_VAL, Status::certified);
  const auto found = reasons(standing_out);
  CHECK(found == std::map<std::string, std::vector<std::string>>{{"layer.0", {"smallest sigma_max"}},
                                                                 {"layer.1", {"largest sigma_max"}}});
}

TEST_CASE("chosen operators have cards, and an item of the list that matches nothing is named") {
  StandingOut standing_out("layer.3,5,nothing.*");
  for (std::size_t i = 0; i < 10; ++i) {
    OperatorReport op = report("layer." + std::to_string(i), {});
    op.layer.block = static_cast<int>(i);
    standing_out.add(0, i, op);
  }
  const auto found = reasons(standing_out);
  CHECK(found ==
        std::map<std::string, std::vector<std::string>>{{"layer.3", {"chosen"}}, {"layer.5", {"chosen"}}});
  CHECK(standing_out.unmatched() == std::vector<std::string>{"nothing.*"});
  CHECK_THROWS_AS(StandingOut("3,,4"), ArgumentError);
}
