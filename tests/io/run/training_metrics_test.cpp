// SPDX-License-Identifier: MIT
#include "io/run/training_metrics.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "io/report/text_layout.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using io::MetricsFile, io::MetricsRow;
using test::TemporaryFolder;

namespace {

MetricsRow row_of(std::uint64_t step, std::vector<std::int64_t> windings = {}) {
  MetricsRow row;
  row.step = step;
  row.train_loss = 1.0 / 3;
  row.learning_rate = 1e-3;
  row.gradient_norm = 2;
  row.tokens_per_second = 123456.7;
  for (const std::int64_t n : windings) {
    analysis::Winding winding;
    winding.status = analysis::IndexStatus::certified;
    winding.number = n;
    row.windings.push_back({std::to_string(row.windings.size()), winding});
  }
  return row;
}

const std::string older_heading =
    "step,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second,winding_0,winding_1";
const std::string heading = older_heading + ",seconds,flops,peak_bytes\n";

}  // namespace

TEST_CASE("metrics have all digits, empty cells for what was not measured, and words for unknown indices") {
  const TemporaryFolder folder;
  const std::string path = folder.file("metrics.csv");
  auto file = MetricsFile::create(path, {"0", "1"});
  MetricsRow first;
  first.validation_loss = 5.5;
  auto wild = row_of(20, {3, 4});
  wild.windings[0].winding.status = analysis::IndexStatus::undecided;
  wild.windings[1].winding.status = analysis::IndexStatus::not_fredholm;
  wild.seconds = 1.0 / 3;
  wild.flops = 1.5e12;
  wild.peak_bytes = 4096;
  for (const auto& row : {first, row_of(10, {3, 0}), wild}) file.append(row);
  file.flush();
  CHECK(test::read_text(path) == heading +
                                     "0,,5.5,,,,,,,,\n"
                                     "10,0.3333333333333333,,0.001,2,123457,3,0,,,\n"
                                     "20,0.3333333333333333,,0.001,2,123457,undecided,not-fredholm,"
                                     "0.333333,1500000000000,4096\n");
}

TEST_CASE("metrics of a run that began without costs go on with them") {
  const TemporaryFolder folder;
  const std::string path = folder.file("metrics.csv");
  std::ofstream(path) << older_heading << "\n0,,,,,,1,2\n10,1,,,,,,\n";
  auto row = row_of(11);
  row.flops = 7;
  MetricsFile::resume(path, {"0", "1"}, 10).append(row);
  CHECK(test::read_text(path) ==
        heading + "0,,,,,,1,2,,,\n10,1,,,,,,,,,\n11,0.3333333333333333,,0.001,2,123457,,,,7,\n");
}

TEST_CASE("the peak of a run is the largest of its pieces") {
  const TemporaryFolder folder;
  const std::string path = folder.file("metrics.csv");
  std::ofstream(path) << heading << "0,,,,,,1,2,0,0,500\n10,1,,,,,,,1,2,900\n20,1,,,,,,,2,4,5000\n";
  auto file = MetricsFile::resume(path, {"0", "1"}, 10);
  for (const std::uint64_t peak : {700U, 1000U}) {
    MetricsRow row;
    row.step = 10 + peak;
    row.peak_bytes = peak;
    file.append(row);
  }
  const std::string text = test::read_text(path);
  CHECK_THAT(text, Catch::EndsWith("\n710,,,,,,,,,,900\n1010,,,,,,,,,,1000\n"));
}

TEST_CASE("a resumed metrics file loses what lies beyond the state, and half a row") {
  const TemporaryFolder folder;
  const std::string path = folder.file("metrics.csv");
  std::ofstream(path) << heading << "0,,,,,,1,2,,,\n10,1,,,,,,,,,\n20,1,,,,,,,,,\n30,0.";
  MetricsFile::resume(path, {"0", "1"}, 10).append(row_of(11));
  CHECK(test::read_text(path) ==
        heading + "0,,,,,,1,2,,,\n10,1,,,,,,,,,\n11,0.3333333333333333,,0.001,2,123457,,,,,\n");
  CHECK_THROWS_WITH(MetricsFile::resume(path, {"0"}, 10), Catch::Contains("not the metrics of this run"));
  std::ofstream(path) << heading << "ten,1,,,,,,,,,\n";
  CHECK_THROWS_WITH(MetricsFile::resume(path, {"0", "1"}, 10), Catch::Contains("not a row"));
}

TEST_CASE("lines of the report fit a terminal, however many operators there are") {
  for (const bool validation : {false, true}) {
    CHECK(io::display_width(io::metrics_heading(validation)) <= 80);
    for (const std::size_t count : {0U, 1U, 4U, 12U, 13U, 40U, 2000U}) {
      auto row = row_of(1'000'000, std::vector<std::int64_t>(count, 120));
      row.validation_loss = 12.5;
      row.train_loss = 1e-9;
      const auto line = io::metrics_line(row, validation);
      CHECK(io::display_width(line) <= 80);
      CHECK((line.find(" of " + std::to_string(count)) != std::string::npos) == (count > 7));
    }
  }
  auto row = row_of(100, {7, 2, 0});
  row.windings[1].winding.status = analysis::IndexStatus::undecided;
  CHECK_THAT(io::metrics_line(row, false), Catch::EndsWith("  7 ? 0") && Catch::Contains("0.3333"));
}
