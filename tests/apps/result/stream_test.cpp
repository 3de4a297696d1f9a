// SPDX-License-Identifier: MIT
// Results as they come: stores that outlive their writer, lines, documents of many operators.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "io/result/read_report.hpp"
#include "support.hpp"

using namespace tmm;
using Json = nlohmann::ordered_json;
using test::read_text, test::run, test::run_tmm;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";

/// `layers` fresh operators of n weights.
void write_fresh(const std::string& file, int layers, int n) {
  REQUIRE(run("/usr/bin/python3 -c 'import h5py, numpy\n"
              "r = numpy.random.default_rng(3)\n"
              "f = h5py.File(\"" +
              file +
              "\", \"w\")\n"
              "for b in range(" +
              std::to_string(layers) +
              "):\n"
              "  p = \"mixer_blocks.%d.token_mixing_layer.\" % b\n"
              "  f[p + \"weight\"] = numpy.float32(r.standard_normal((1, " +
              std::to_string(n) +
              ")))\n"
              "  f[p + \"bias\"] = numpy.zeros(" +
              std::to_string(n) + ", numpy.float32)'")
              .exit_code == 0);
}

std::size_t operators_in(const std::string& store) {
  return io::read_report(store).models.front().operators.size();
}

/// kill -9 at random moments, then on with the same command, until it ends by itself.
void kill_and_resume(int kills) {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("m.h5"), whole = folder.file("whole.h5"), store = folder.file("r.h5"),
                    json = folder.file("r.json"), expected = folder.file("expected.json");
  write_fresh(file, 300, 128);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(run_tmm("analyze -q " + file + " --full --hdf5 " + whole + " -o " + expected).exit_code == 0);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  std::mt19937_64 generator(static_cast<unsigned>(kills));
  std::uniform_real_distribution<double> moment(0, 1.2 * time.count());
  std::size_t before = 0;
  const std::string resumed = "analyze -q " + file + " --full --force --resume " + store + " -o " + json;
  for (int k = 0; k < kills; ++k) {
    if (k % 10 == 9) {  // each time from the beginning, so that every moment of a run is met
      std::filesystem::remove(store);
      before = 0;
    }
    run("timeout -s KILL " + std::to_string(moment(generator)) + " " TMM_BINARY " " + resumed);
    if (!std::filesystem::exists(store)) continue;
    // `timeout` dies with what it kills, and may be gone while that still holds its lock.
    REQUIRE(run("flock -w 60 " + store + " true").exit_code == 0);
    if (std::filesystem::exists(store + ".journal")) {  // the commit is ended by the next run
      CHECK_THROWS_WITH(io::read_report(store), Catch::Contains("--resume"));
      continue;
    }
    const std::size_t now = operators_in(store);
    CHECK(now >= before);  // nothing is lost
    before = now;
  }
  const auto last = run_tmm(resumed);
  INFO(last.err);
  REQUIRE(last.exit_code == 0);
  CHECK(read_text(json) == read_text(expected));
  CHECK(io::report_json(io::read_report(store)) == io::report_json(io::read_report(whole)));
  CHECK(operators_in(store) == 300);
  CHECK_FALSE(std::filesystem::exists(store + ".journal"));
}

}  // namespace

TEST_CASE("analyze --resume after kill -9: nothing lost, nothing double, the result of an undisturbed run") {
  kill_and_resume(4);
}

TEST_CASE("analyze --resume after kill -9 at fifty moments", "[slow]") {
  kill_and_resume(50);
}

TEST_CASE("analyze --resume: no store yet, a whole one, one of other options, what is no store") {
  const test::TemporaryFolder folder;
  const std::string store = folder.file("r.h5");
  REQUIRE(run_tmm("analyze -q " + clm + " --resume " + store).exit_code == 0);
  const std::string bytes = read_text(store);
  const auto again = run_tmm("analyze " + clm + " --resume " + store + " --format json");
  CHECK(again.exit_code == 0);
  CHECK(again.out == run_tmm("analyze -q " + clm + " --format json").out);
  CHECK(read_text(store) == bytes);
  REQUIRE(run_tmm("analyze -q " + clm + " --tau 0.25 --resume " + store).exit_code == 0);
  CHECK(io::read_report(store).options.thresholds == std::vector<double>{0.25});
  const auto input = run_tmm("analyze -q " + clm + " --resume " + clm);
  CHECK(input.exit_code == 1);
  CHECK_THAT(input.err, Catch::Contains("replace an input"));
  run("cp " + clm + " " + folder.file("other.h5"));
  const auto other = run_tmm("analyze -q " + clm + " --resume " + folder.file("other.h5"));
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err,
             Catch::Contains("other.h5: nothing to go on with") && Catch::Contains("expected HDF5 that"));
  CHECK(read_text(folder.file("other.h5")) == read_text(clm));
  CHECK(run_tmm("analyze -q " + clm + " --resume " + store + " --hdf5 " + store).exit_code == 2);
}

TEST_CASE(
    "analyze --format jsonl: a line an operator, and a document of many leaves out what follows from taps") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("m.h5");
  write_fresh(file, 257, 16);
  const auto lines = run_tmm("analyze -q " + file + " --format jsonl");
  REQUIRE(lines.exit_code == 0);
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 257);
  const Json document = Json::parse(run_tmm("analyze -q " + file + " --format json").out);
  const Json full = Json::parse(run_tmm("analyze -q " + file + " --format json --full").out);
  CHECK_THAT(document["left_out"].get<std::string>(), Catch::Contains("--full"));
  CHECK_FALSE(full.contains("left_out"));
  std::istringstream stream(lines.out);
  std::string line;
  for (std::size_t k = 0; k < 257; ++k) {
    const Json &short_one = document["models"][0]["operators"][k], &whole = full["models"][0]["operators"][k];
    std::getline(stream, line);
    CHECK(Json::parse(line)["measures"] == whole["measures"]);
    CHECK(short_one["measures"] == whole["measures"]);
    CHECK(short_one["taps"] == whole["taps"]);
    CHECK(short_one["spectrum"].is_null());
    CHECK(whole["spectrum"]["singular_values"].size() == 16);
  }
  REQUIRE(run_tmm("analyze -q " + file + " -o " + folder.file("r.json") + " --hdf5 " + folder.file("r.h5"))
              .exit_code == 0);
  CHECK(run_tmm("report " + folder.file("r.json") + " --format json").out ==
        read_text(folder.file("r.json")));
  REQUIRE(run_tmm("analyze -q " + file + " -o " + folder.file("r.jsonl") + " --full").exit_code == 0);
  CHECK(Json::parse(read_text(folder.file("r.jsonl"))
                        .substr(0, read_text(folder.file("r.jsonl")).find('\n')))["spectrum"] ==
        full["models"][0]["operators"][0]["spectrum"]);
  const auto compared = run_tmm("compare -q " + folder.file("r.json") + " --against " + folder.file("r.h5") +
                                " --resamples 100");
  CHECK(compared.exit_code == 0);
}

TEST_CASE("analyze --measures: these alone, in every format") {
  const auto all = Json::parse(run_tmm("analyze -q " + clm + " --format json").out);
  const auto some = run_tmm("analyze -q " + clm + " --format json --measures index_radius,stable_rank");
  REQUIRE(some.exit_code == 0);
  const Json found = Json::parse(some.out);
  CHECK(found["options"]["measures"] == Json({"index_radius", "stable_rank"}));
  for (std::size_t k = 0; k < found["models"][0]["operators"].size(); ++k) {
    const Json& measures = found["models"][0]["operators"][k]["measures"];
    CHECK(measures.size() == 2);
    for (const auto& [id, measure] : measures.items())
      CHECK(measure == all["models"][0]["operators"][k]["measures"][id]);
  }
  CHECK_THAT(run_tmm("analyze -q " + clm + " --measures winding_number").out, Catch::Contains("135"));
  CHECK_THAT(run_tmm("analyze -q " + clm + " --measures winding_number --format csv").out,
             !Catch::Contains("sigma_max"));
  const auto wrong = run_tmm("analyze " + clm + " --measures winding_numbr");
  CHECK(wrong.exit_code != 0);
  CHECK_THAT(wrong.err, Catch::Contains("winding_numbr"));
}
