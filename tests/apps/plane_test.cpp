// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
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

/// Three rows: the circle of radius 1.6 twice round, one with N = 1, one with N = 0.
std::string write_rows(const TemporaryFolder& folder) {
  std::string path = folder.file("rows.h5");
  tmm::io::ArrayWriter writer(path);
  const std::vector<double> rows{0, 0, 1.6, 0, 0.5, 1, 0, 0, 0.5, 0.25, 0, 0};
  writer.dataset("k", std::vector<std::size_t>{3, 4}, rows);
  writer.finish();
  return path + " --taps k";
}

std::string written(const std::string& command) {
  const auto result = run_tmm(command);
  INFO(command);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result.out;
}

}  // namespace

TEST_CASE("tmm analyze --pseudospectra: measures in every format, the grid in JSON and HDF5") {
  const TemporaryFolder folder;
  const std::string rows = write_rows(folder), options = rows + " --pseudospectra --grid 9x5 ";
  CHECK_THAT(written("analyze " + rows), !Contains("Kreiss"));
  const std::string table = written("analyze -q " + options);
  CHECK_THAT(table, Contains("to another") && Contains("to index") && Contains("log10 K of"));
  const std::string csv = written("analyze -q --format csv " + options);
  for (const char* id : {"distance_to_other_index", "distance_to_index_zero", "log10_kreiss_powers",
                         "log10_kreiss_residual_powers"})
    CHECK_THAT(csv, Contains("," + std::string(id) + ","));
  const json report =
      json::parse(written("analyze --format json --hdf5 " + folder.file("r.h5") + " " + options));
  CHECK(report["options"]["pseudospectra"] == json({{"columns", 9}, {"rows", 5}}));
  const json& circle = report["models"][0]["operators"][0];
  const json &distance = circle["measures"]["distance_to_index_zero"], &plane = circle["pseudospectra"];
  CHECK(distance["value"].get<double>() == Approx(1.6).epsilon(0.01));
  CHECK(plane["winding_number"][4] == 2);  // at 0
  CHECK(plane["log10_resolvent"][4].is_null());
  CHECK(plane["relative_error"][4] == 0);  // w_0: infinite
  CHECK(plane["winding_number"].size() == 45);
  CHECK(plane["points"].contains("log10_kreiss_powers"));
  const auto& invertible = report["models"][0]["operators"][2]["measures"];
  CHECK(invertible["distance_to_index_zero"]["value"] == 0);
  CHECK(invertible["distance_to_index_zero"]["status"] == "certified");
  CHECK(invertible["log10_kreiss_powers"]["status"] == "below precision");
  CHECK(invertible["log10_kreiss_residual_powers"]["value_text"] == "inf");  // 1 + w_0 = 1.5
  const auto stored =
      tmm::io::read_array<double>(folder.file("r.h5"), "models/0/operators/0/plane_winding_number");
  CHECK(stored.shape == std::vector<std::size_t>{5, 9});
}

TEST_CASE("tmm analyze --pseudospectra: what is saved is taken up again, and only by the same grid") {
  const TemporaryFolder folder;
  const std::string rows = write_rows(folder), store = folder.file("r.h5");
  written("analyze -q " + rows + " --pseudospectra --grid 5x3 --hdf5 " + store);
  const std::string same =
      written("analyze --format json " + rows + " --pseudospectra --grid 5x3 --resume " + store);
  CHECK(same == written("analyze --format json " + rows + " --pseudospectra --grid 5x3"));
  CHECK(same == written("report --format json " + store));
  const std::string finer =
      written("analyze --format json " + rows + " --pseudospectra --grid 7x3 --resume " + store);
  CHECK(finer == written("analyze --format json " + rows + " --pseudospectra --grid 7x3"));
  CHECK(written("analyze --format json " + rows + " --resume " + store) ==
        written("analyze --format json " + rows));
}

TEST_CASE("measures of the plane are compared by name, and chosen by --measures without a grid") {
  const TemporaryFolder folder;
  const std::string rows = write_rows(folder), file = rows.substr(0, rows.find(' '));
  const std::string compared = written("compare --format csv " + file + " --against " + file +
                                       " --taps k --measures distance_to_other_index");
  CHECK_THAT(compared, Contains("distance_to_other_index"));
  const json chosen = json::parse(written("analyze --format json --measures distance_to_index_zero " + rows));
  for (const json& op : chosen["models"][0]["operators"]) {
    CHECK(op["measures"].size() == 1);
    CHECK_FALSE(op.contains("pseudospectra"));
  }
}

TEST_CASE("tmm analyze --grid: a grid that is none, or of no plane, is refused") {
  for (const char* grid : {"80x41", "81", "x", "81x1", "81x41x2", "-3x2", "2003x2", "1x2", "0x51x41"}) {
    const auto refused = run_tmm("analyze m.h5 --pseudospectra --grid " + std::string(grid));
    CAPTURE(grid);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains("--grid"));
  }
  const auto alone = run_tmm("analyze m.h5 --grid 81x41");
  CHECK(alone.exit_code == 2);
  CHECK_THAT(alone.err, Contains("--pseudospectra"));
}
