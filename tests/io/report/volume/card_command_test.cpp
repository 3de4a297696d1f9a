// SPDX-License-Identifier: MIT
#include "io/report/volume/card_command.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "../reports.hpp"
#include "io/report/volume/chosen_operators.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;

TEST_CASE("a shell takes shell_word for one word, whatever is in it") {
  CHECK(io::shell_word("runs/a-1/model.h5") == "runs/a-1/model.h5");
  for (const std::string text :
       {"", "two words", "it's", "$HOME", "a;b", "`x`", "*", "tab\tnew\nline", "~", "#", "é"})
    CHECK(test::run("printf %s " + io::shell_word(text)).out == text);
}

TEST_CASE("the command of an analysis has its options and no others") {
  io::AnalysisReport report = test::report_of({test::layer(0, {1, 0.5})});
  const auto command = [&](const std::string& further = {}) {
    return io::analysis_command(report, report.models.front(), further);
  };
  CHECK(command() == "tmm analyze model.h5");
  report.models.front().file = "-my model.h5";
  CHECK(command("--copy ema") == "tmm analyze ./'-my model.h5' --copy ema");
  report.models.front().file = "m.h5";
  report.options.spectrum = analysis::SpectrumChoice::extreme;
  report.options.zeros = true;
  report.options.sections = {64, 128};
  report.options.thresholds = {1e-3, 0.5};
  report.options.absolute_thresholds = {2};
  report.options.published_winding = true;
  report.options.certify = true;
  report.options.pseudospectra = {161, 81};
  report.null_draws = 20;
  report.seed = 5;
  report.residual = true;
  report.assume_toeplitz = true;
  CHECK(command() ==
        "tmm analyze m.h5 --spectrum extreme --zeros --sections 64,128 --tau 0.001,0.5 --tau-absolute 2 "
        "--published-winding --certify --pseudospectra --grid 161x81 --null-draws 20 --seed 5 --residual "
        "--assume-toeplitz");
  report = test::report_of({test::layer(0, {1, 0.5})});
  report.options.measures = {"winding_number", "stable_rank"};
  CHECK(command() == "tmm analyze model.h5 --measures winding_number,stable_rank");
  report.options.measures.clear();
  report.taps =
      model::TapsRequest{"*.kernel", true, true, model::TapsRequest::Transform::soft_threshold, 0.25, "*.D"};
  CHECK(command() ==
        "tmm analyze model.h5 --taps '*.kernel' --transpose --reverse --transform soft-threshold=0.25 "
        "--add-to-first '*.D'");
}

TEST_CASE("operators chosen from a saved analysis are as if only they had been analysed") {
  io::AnalysisReport report =
      test::report_of({test::layer(0, {1, 0.5}), test::layer(1, {2, 1}), test::layer(2, {3, 1})});
  report.models.push_back(report.models.front());
  std::erase_if(report.models.back().operators, [](const auto& op) { return op.layer.block == 1; });
  io::choose_operators(report, "", "r.json");
  CHECK(report.models.size() == 2);
  io::choose_operators(report, "1", "r.json");
  REQUIRE(report.models.size() == 1);
  REQUIRE(report.models[0].operators.size() == 1);
  CHECK(report.models[0].operators[0].layer.block == 1);
  CHECK(report.selection == "1");
  CHECK_THROWS_WITH(io::choose_operators(report, "7", "r.json"),
                    Catch::Contains("r.json") && Catch::Contains("\"7\""));
}
