// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "io/report/text_layout.hpp"
#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using tmm::test::read_text, tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
const std::string copy = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";
const std::string both = clm + " --against " + copy;

}  // namespace

TEST_CASE("tmm compare: the table says what differs and what it does not show, in 80 columns") {
  const auto result = run_tmm("compare --names clm,copy " + both);
  REQUIRE(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Contains("winding_fraction") && Contains("Cliff's") && Contains("by layer") &&
                             Contains("single model") && Contains("P(clm > copy)"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) CHECK(tmm::io::display_width(line) <= 80);
}

TEST_CASE("tmm compare: layers of the next-token model are closer to invertible than those of the copier") {
  const auto result = run_tmm("compare --format json " + both);
  REQUIRE(result.exit_code == 0);
  const json report = json::parse(result.out);
  CHECK(report["schema"] == "tmm.comparison");
  for (const json& measure : report["measures"]) {
    CHECK(std::abs(measure["cliffs_delta"]["value"].get<double>()) <= 1);
    if (!measure["adjusted_p_value"].is_null())
      CHECK(measure["mann_whitney_operators"]["p_value"].get<double>() <= measure["adjusted_p_value"]);
    if (measure["id"] != "winding_fraction") continue;
    CHECK(measure["a"]["distribution"]["median"] < measure["b"]["distribution"]["median"]);
    CHECK(measure["mann_whitney_operators"]["p_value"] < 0.05);
    CHECK(measure["cliffs_delta"]["value"] < -0.5);
    CHECK(measure["layers"].size() == 8);
  }
}

TEST_CASE("tmm compare: JSON, CSV and threads agree") {
  const auto text = run_tmm("compare --format json " + both).out;
  CHECK(run_tmm("compare --format json --threads 1 " + both).out == text);
  const json report = json::parse(text);
  std::istringstream rows(run_tmm("compare --format csv " + both).out);
  std::string row;
  std::getline(rows, row);
  CHECK(row.starts_with("measure,count_a,count_b"));
  for (const json& measure : report["measures"]) {
    REQUIRE(std::getline(rows, row));
    CHECK(row.starts_with(measure["id"].get<std::string>() + ","));
    CHECK_THAT(row, Contains("," + measure["cliffs_delta"]["value"].dump().substr(0, 12)) ||
                        Contains(",-1,") || Contains(",1,") || Contains(",0,"));
  }
}

TEST_CASE("tmm compare: a run's folder brings its trajectory") {
  const std::string trajectory = tmm::test::shared_file("checkpoints/clm_flat.trajectory.h5");
  if (trajectory.empty()) {
    WARN("no reference trajectory here: skipped");
    return;
  }
  const TemporaryFolder folder;
  std::filesystem::copy_file(clm, folder.file("model.h5"));
  std::filesystem::copy_file(trajectory, folder.file("trajectory.h5"));
  const auto result = run_tmm("compare " + folder.path().string() + " --against " + copy);
  REQUIRE(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("by training step") && Contains("5321"));
  const auto as_file = run_tmm("compare " + clm + " " + trajectory + " --against " + copy + " --format json");
  const json report = json::parse(as_file.out);
  CHECK(report["a"]["models"].size() == 1);
  CHECK(report["a"]["trajectories"][0]["points"].size() > 30);
  CHECK(report["b"]["trajectories"].empty());
}

TEST_CASE("tmm compare: a saved analysis stands for its checkpoint") {
  const TemporaryFolder folder;
  const std::string saved = folder.file("clm.json");
  REQUIRE(run_tmm("analyze -q " + clm + " -o " + saved).exit_code == 0);
  const auto direct = run_tmm("compare --format json " + both);
  const auto from_file = run_tmm("compare --format json " + saved + " --against " + copy);
  REQUIRE(from_file.exit_code == 0);
  CHECK(json::parse(from_file.out)["measures"] == json::parse(direct.out)["measures"]);
  const auto other_kind = run_tmm("compare --residual " + saved + " --against " + copy);
  CHECK(other_kind.exit_code == 1);
  CHECK_THAT(other_kind.err, Contains("clm.json") && Contains("I + T"));
}

TEST_CASE("tmm compare: wrong input and wrong flags are named") {
  const TemporaryFolder folder;
  CHECK(run_tmm("compare " + clm).exit_code == 2);
  CHECK(run_tmm("compare " + both + " --names a").exit_code == 2);
  const auto missing = run_tmm("compare " + clm + " --against " + folder.file("none.h5"));
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("none.h5"));
  const auto measure = run_tmm("compare " + both + " --measures beauty");
  CHECK(measure.exit_code == 1);
  CHECK_THAT(measure.err, Contains("beauty") && Contains("winding_fraction"));
  const auto same = run_tmm("compare " + clm + " --against " + clm);
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.out, Contains("same file"));
  CHECK(run_tmm("compare " + both + " -o " + folder.file("c.json")).exit_code == 0);
  CHECK(run_tmm("compare " + both + " -o " + folder.file("c.json")).exit_code == 1);
  CHECK(json::parse(read_text(folder.file("c.json")))["schema"] == "tmm.comparison");
}

TEST_CASE(
    "tmm compare: p-values are adjusted for measures that are no copies of one another, named everywhere") {
  const json report = json::parse(run_tmm("compare --format json " + both).out);
  const json& adjusted = report["options"]["adjusted_measures"];
  CHECK(adjusted.size() == 8);
  for (const char* copied : {"winding_number", "fredholm_index", "numerical_rank_float32"})
    CHECK(std::ranges::find(adjusted, copied) == adjusted.end());
  for (const json& measure : report["measures"]) {
    const bool is_adjusted = std::ranges::find(adjusted, measure["id"]) != adjusted.end();
    CHECK(measure["adjusted_p_value"].is_null() != is_adjusted);
    if (measure["id"] == "winding_fraction") CHECK(measure["adjusted_p_value"].get<double>() < 0.1);
  }
  const std::string table = run_tmm("compare " + both).out;
  CHECK_THAT(table, Contains("Holm's") && Contains("adjusted for 8 measures"));
  const json chosen =
      json::parse(run_tmm("compare --format json --measures sigma_max,stable_rank " + both).out);
  CHECK(chosen["options"]["adjusted_measures"] == json({"sigma_max", "stable_rank"}));
}

TEST_CASE("tmm compare: a measure that doubles cannot hold is not compared without its smallest values") {
  const json report = json::parse(run_tmm("compare --format json " + both).out);
  CHECK(std::ranges::any_of(report["not_compared"], [](const json& m) {
    return m["id"] == "sigma_min" && m["operators_beyond_double"] == 1;
  }));
  for (const json& measure : report["measures"]) {
    CHECK(measure["id"] != "sigma_min");
    if (measure["id"] == "log10_sigma_min") CHECK(measure["cliffs_delta"]["value"] == -0.125);
  }
  CHECK_THAT(run_tmm("compare " + both).out, Contains("sigma_min: beyond the range of double in 1 operator"));
  const auto asked = run_tmm("compare --measures sigma_min " + both);
  CHECK(asked.exit_code == 1);
  CHECK_THAT(asked.err, Contains("log10_sigma_min"));
}
