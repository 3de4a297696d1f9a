// SPDX-License-Identifier: MIT
#include "io/sweep/study_report.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "analysis/analyze.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::TemporaryFolder;

namespace {

const double unknown = std::nan("");

/// (z − ½)^k (1 + z/8)^(n − 1 − k): k zeros inside.
model::LayerOperator with_zeros_inside(std::size_t k, std::size_t n, int block) {
  std::vector<double> taps{1};
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double c0 = i < k ? -0.5 : 1, c1 = i < k ? 1 : 0.125;
    std::vector<double> next(taps.size() + 1);
    for (std::size_t j = 0; j < taps.size(); ++j) {
      next[j] += c0 * taps[j];
      next[j + 1] += c1 * taps[j];
    }
    taps = next;
  }
  model::LayerOperator layer;
  layer.part = "mixer_blocks";
  layer.block = block;
  layer.name = "mixer_blocks." + std::to_string(block) + ".token_mixing_layer.weight";
  layer.taps = taps;
  return layer;
}

/// A model of two operators of five weights with k0 and k1 zeros inside at the end, and these N at steps
/// 0, 10.
io::StudyModel model_of(const std::string& name, std::size_t kind, std::size_t k0, std::size_t k1,
                        std::vector<std::vector<double>> windings, double loss) {
  io::StudyModel result;
  result.name = name;
  result.values = {kind};
  const std::vector<model::LayerOperator> layers{with_zeros_inside(k0, 5, 0), with_zeros_inside(k1, 5, 1)};
  result.report.operators = analysis::analyze_all(layers, {});
  result.metrics.layers = {"0", "1"};
  result.metrics.steps = {0, 10};
  result.metrics.windings = std::move(windings);
  result.metrics.validation_loss = {{0, 9.}, {10, loss}};
  return result;
}

io::StudyReport report_of_three() {
  io::StudyReport report;
  report.axes = {{"kind", {"a", "b"}, {"a", "b"}}};
  report.models.push_back(model_of("a-1", 0, 1, 2, {{2, 1}, {2, 2}}, 1.5));
  report.models.push_back(model_of("a-2", 0, 3, 4, {{2, 3}, {2, unknown}}, 2.5));
  report.models.push_back(model_of("b-1", 1, 0, 0, {{1, 0}, {1, 0}}, 3.5));
  report.groupings = {{"kind", {{"a", {0, 1}}, {"b", {2}}}, {}}};
  return report;
}

}  // namespace

TEST_CASE("study: one number a model, medians over its operators, of what is proven") {
  const io::StudyReport report = report_of_three();
  const auto& [a, b] = std::pair(report.groupings[0].groups[0], report.groupings[0].groups[1]);
  const auto end = io::end_fraction(report, a, "");
  REQUIRE(end);
  CHECK(end->count == 2);
  CHECK(end->minimum == (0.25 + 0.5) / 2);  // the median of two operators of n − 1 = 4
  CHECK(end->maximum == (0.75 + 1) / 2);
  CHECK(end->median == (end->minimum + end->maximum) / 2);
  CHECK(io::end_fraction(report, a, "1")->minimum == 0.5);
  CHECK_FALSE(io::end_fraction(report, a, "2"));
  CHECK(io::end_fraction(report, b, "")->maximum == 0);

  CHECK(io::step_fraction(report, a, "", 0)->median == 0.5);
  CHECK(io::step_fraction(report, a, "", 10)->maximum == 0.75);  // its other operator is not proven
  CHECK(io::step_fraction(report, a, "1", 10)->count == 1);
  CHECK_FALSE(io::step_fraction(report, a, "", 5));
  CHECK(io::end_loss(report, a)->median == 2);
  CHECK(io::layers_of(report, a) == std::vector<std::string>{"0", "1"});
  CHECK(io::steps_of(report, b) == std::vector<std::uint64_t>{0, 10});
}

TEST_CASE("study: tables show the numbers of the statistics") {
  const std::string text = io::study_table(report_of_three());
  CHECK_THAT(text, Contains("== kind ==") && Contains("validation loss"));
  CHECK_THAT(text, Contains("a          2    2 (1.5 … 2.5)  0.625 (0.375 … 0.875)\n"));
  CHECK_THAT(text, Contains("b          1              3.5                  0.000\n"));
  CHECK_THAT(text, Contains("\n  10  0.562 (0.375 … 0.750)    0.000\n"));
  CHECK_THAT(io::study_csv(report_of_three()),
             Contains("run,kind,train_loss,validation_loss,winding_0,winding_1\na-1,a,,1.5,1,2\n"));
}

TEST_CASE("study: metrics of a run are read with their losses and recorded steps") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("metrics.csv"))
      << "step,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second,winding_0,winding_"
         "enc.1\n"
         "0,,4.5,,,,3,undecided\n5,2.25,,0.1,1,100,,\n10,2,3.5,0.1,1,100,not-fredholm,7\n";
  const io::RunMetrics metrics = io::read_run_metrics(folder.path().string());
  CHECK(metrics.layers == std::vector<std::string>{"0", "enc.1"});
  CHECK(metrics.steps == std::vector<std::uint64_t>{0, 10});
  CHECK(metrics.windings[0][0] == 3);
  CHECK(std::isnan(metrics.windings[0][1]));
  CHECK(std::isnan(metrics.windings[1][0]));
  CHECK(metrics.train_loss == std::map<std::uint64_t, double>{{5, 2.25}, {10, 2}});
  CHECK(io::summary(metrics) == "validation loss 3.5, N ? 7");
}
