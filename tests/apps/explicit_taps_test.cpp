// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

/// Three filters 1 + 2z (N = 1), 2 + z (N = 0), z (N = 1), a skip for each, and an array of four axes.
std::string write_filters(const TemporaryFolder& folder) {
  std::string path = (folder.path() / "filters.h5").string();
  tmm::io::ArrayWriter writer(path);
  const std::vector<double> taps{1, 2, 2, 1, 0, 1}, skip{4, 0, 0}, other{1, 2};
  writer.dataset("net.k", std::vector<std::size_t>{3, 2}, taps);
  writer.dataset("net.skip", std::vector<std::size_t>{3}, skip);
  writer.dataset("other.k", std::vector<std::size_t>{1, 1, 1, 2}, other);
  writer.finish();
  return path;
}

std::vector<int> windings(const std::string& arguments) {
  const auto result = run_tmm("analyze --format json " + arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  std::vector<int> numbers;
  const json report = json::parse(result.out);
  for (const json& op : report["models"][0]["operators"])
    numbers.push_back(op["measures"]["winding_number"]["value"].get<int>());
  return numbers;
}

}  // namespace

TEST_CASE("tmm analyze --taps: rows of any array, with steps") {
  const TemporaryFolder folder;
  const std::string file = write_filters(folder);
  CHECK(windings(file + " --taps '*.k'") == std::vector<int>{1, 0, 1});
  CHECK(windings(file + " --taps '*.k' --reverse") == std::vector<int>{0, 1, 0});
  CHECK(windings(file + " --taps '*.k' --add-to-first '*.skip'") == std::vector<int>{0, 0, 1});
  CHECK(windings(file + " --taps '*.k' --layers '*1]'") == std::vector<int>{0});
}

TEST_CASE("tmm analyze --taps: every output says how operators were made and what was left out") {
  const TemporaryFolder folder;
  const std::string arguments = "analyze " + write_filters(folder) + " --taps '*.k' --reverse ";
  for (const char* format : {"table", "csv", "json", "html"}) {
    const auto result = run_tmm(arguments + "-q --format " + format);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("reversed") && Contains("(1, 1, 1, 2)"));
    if (std::string_view(format) != "html")  // where the page's script has the words for others
      CHECK_THAT(result.out, !Contains("give about 0.5"));
  }
}

TEST_CASE("tmm analyze --taps: what does not apply is refused by name") {
  const TemporaryFolder folder;
  const std::string file = write_filters(folder);
  CHECK_THAT(run_tmm("analyze " + file + " --taps nothing").err, Contains("net.k") && Contains("(3, 2)"));
  CHECK_THAT(run_tmm("analyze " + file + " --taps '*.k' --layers 1").err, Contains("--layers"));
  CHECK_THAT(run_tmm("analyze " + file + " --taps '*.k' --null-draws 5").err, Contains("--null-draws"));
  CHECK(run_tmm("analyze " + file + " --reverse").exit_code != 0);
}

TEST_CASE("tmm analyze --taps --transform softplus: N is certified only where the margin exceeds the error") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "positive.h5").string();
  {  // about 0.97 + 2.13z, then ln 2 (1 + z), which vanishes at z = -1
    tmm::io::ArrayWriter writer(file);
    writer.dataset("k", std::vector<std::size_t>{3, 2}, std::vector<double>{0.5, 2, 0, 0, 2, 1});
    writer.finish();
  }
  const auto result = run_tmm("analyze -q --format json " + file + " --taps k --transform softplus");
  REQUIRE(result.exit_code == 0);
  const json document = json::parse(result.out);
  const json& operators = document["models"][0]["operators"];
  CHECK(operators[0]["measures"]["winding_number"]["value"] == 1);
  CHECK(operators[0]["measures"]["winding_number"]["status"] == "certified");
  CHECK(operators[0]["tap_error_l1"].get<double>() > 0);
  CHECK(operators[0]["winding"]["margin"].get<double>() > operators[0]["tap_error_l1"].get<double>());
  CHECK_FALSE(operators[1]["measures"]["winding_number"]["status"] == "certified");
  CHECK(operators[1]["measures"]["winding_number"]["value"].is_null());
}

TEST_CASE("tmm analyze --taps --hdf5: the file says how the taps were made, and is read back so") {
  const TemporaryFolder folder;
  const std::string file = write_filters(folder), saved = (folder.path() / "r.h5").string();
  const auto written = run_tmm("analyze -q --format json " + file +
                               " --taps '*.k' --reverse --transform softplus --hdf5 " + saved);
  REQUIRE(written.exit_code == 0);
  const auto attribute = tmm::io::read_header(saved).attributes.at("taps");
  CHECK(json::parse(attribute) == json::parse(written.out)["options"]["taps"]);
  CHECK(run_tmm("report -q --format json " + saved).out == written.out);
}

TEST_CASE("tmm compare --taps: rows of two files in pairs") {
  const TemporaryFolder folder;
  const std::string file = write_filters(folder);
  const auto result = run_tmm("compare " + file + " --against " + file + " --taps '*.k'");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("A: 1 model, 3 operators, n = 2"));
}

TEST_CASE("tmm analyze --taps: two rows of two taps, one of them zero, are no dense matrix") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "rows.h5").string();
  {
    tmm::io::ArrayWriter writer(file);
    writer.dataset("k", std::vector<std::size_t>{2, 2}, std::vector<double>{1, 0, 1, 2});
    writer.dataset("dense", std::vector<std::size_t>{4, 4},
                   std::vector<double>{1, 0, 0, 0, 2, 3, 0, 0, 4, 5, 6, 0, 7, 8, 9, 1});
    writer.finish();
  }
  CHECK(windings(file + " --taps k") == std::vector<int>{0, 1});
  const auto dense = run_tmm("analyze " + file + " --taps dense");
  CHECK(dense.exit_code == 1);
  CHECK_THAT(dense.err, Contains("a dense triangular matrix"));
}

TEST_CASE("tmm analyze --tau-absolute and --published-winding: beside the proven N, read back alike") {
  const TemporaryFolder folder;
  const std::string file = write_filters(folder), saved = (folder.path() / "r.json").string();
  const std::string options = file + " --taps '*.k' --tau-absolute 1e-6 --published-winding ";
  const auto table = run_tmm("analyze " + options);
  CHECK_THAT(table.out, Contains("> 1e-06") && Contains("published"));
  const auto csv = run_tmm("analyze -q --format csv " + options);
  CHECK_THAT(csv.out, Contains("numerical_rank_absolute_1e-06") && Contains(",published_winding,"));
  CHECK(run_tmm("analyze -q " + options + "-o " + saved).exit_code == 0);
  CHECK(run_tmm("report -q " + saved + " -o " + (folder.path() / "p.html").string()).exit_code == 0);
}
