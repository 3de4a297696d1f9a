// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

const std::string model = TMM_TEST_DATA "/clm_flat_toeplitz.h5 --layers 1,5 ";

json operators(const std::string& options) {
  const auto result = run_tmm("analyze -q --format json " + model + options);
  REQUIRE(result.exit_code == 0);
  return json::parse(result.out)["models"][0]["operators"];
}

}  // namespace

TEST_CASE("tmm analyze --certify: the same numbers, proven") {
  const json plain = operators(""), proven = operators("--certify");
  REQUIRE(proven.size() == 2);
  for (std::size_t i = 0; i < proven.size(); ++i) {
    const json &before = plain[i]["spectrum"]["singular_values"],
               &after = proven[i]["spectrum"]["singular_values"];
    REQUIRE(after.size() == 256);
    for (std::size_t k = 0; k < after.size(); ++k) {
      CHECK(before[k]["status"] == "numerical");
      CHECK(after[k]["status"] == "certified");
      CHECK(after[k]["mantissa"] == before[k]["mantissa"]);
      CHECK(after[k]["exponent10"] == before[k]["exponent10"]);
      CHECK(after[k]["relative_error"].get<double>() < 1e-5);
    }
    const json& maximum = proven[i]["measures"]["symbol_max"];
    CHECK(maximum["error"].get<double>() < 1e-10 * maximum["value"].get<double>());
    for (const char* id : {"jensen_defect", "sigma_max", "log10_sigma_min", "log10_condition",
                           "effective_index_float32", "stable_rank", "effective_rank"}) {
      CAPTURE(id);
      CHECK(plain[i]["measures"][id]["status"] == "numerical");
      CHECK(proven[i]["measures"][id]["status"] == "certified");
    }
  }
}

TEST_CASE(
    "tmm analyze --certify: saved, read back and resumed alike, and not taken for an analysis without") {
  const TemporaryFolder folder;
  const std::string store = (folder.path() / "r.h5").string(), page = (folder.path() / "p.html").string();
  const auto written = run_tmm("analyze -q --format json " + model + "--certify --hdf5 " + store);
  REQUIRE(written.exit_code == 0);
  CHECK(json::parse(written.out)["options"]["certify"] == true);
  CHECK(run_tmm("report -q --format json " + store).out == written.out);
  CHECK(run_tmm("analyze -q --format json " + model + "--certify --resume " + store).out == written.out);
  CHECK(run_tmm("report -q " + store + " -o " + page).exit_code == 0);
  // Another analysis: nothing of the proven one is taken for it.
  const std::string plain = "analyze -q --format json " + model;
  CHECK(run_tmm(plain + "--resume " + store).out == run_tmm(plain).out);
}
