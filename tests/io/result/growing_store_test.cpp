// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include "io/hdf5/array_file.hpp"
#include "io/report/reports.hpp"
#include "io/result/read_report.hpp"
#include "io/result/result_store.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using io::ResultStore, test::read_text;
using Start = ResultStore::Start;

namespace {

std::string key(const io::AnalysisReport& report, std::size_t model, std::size_t place) {
  const io::ModelReport& of = report.models[model];
  return io::operator_key(of.operators[place].layer, io::frame_of(report), of.null_model);
}

/// Passes a report through a store as an analysis does, up to `count` operators. Returns how many of all were
/// known.
std::size_t pass(const io::AnalysisReport& report, const std::string& path, Start start, std::size_t count) {
  ResultStore store(path, start);
  store.begin(io::frame_of(report));
  std::size_t known = 0;
  for (std::size_t m = 0; m < report.models.size(); ++m)
    for (std::size_t k = 0; k < report.models[m].operators.size(); ++k)
      known += store.expect(key(report, m, k)) ? 1 : 0;
  for (std::size_t m = 0; m < report.models.size(); ++m)
    for (std::size_t k = 0; k < report.models[m].operators.size(); ++k) {
      if (count == 0) return known;
      --count;
      const auto found = store.known(key(report, m, k));
      store.add(m, k, found ? *found : report.models[m].operators[k]);
    }
  store.finish(report);
  return known;
}

constexpr std::size_t all = 1'000;

}  // namespace

TEST_CASE("a store that grew holds what a report written in one piece holds") {
  auto report = test::report_of_everything();
  const analysis::Measure number = report.models.front().operators[0].measures[0].measure;
  report.models.front().layers = {{"mixer_blocks", 0, 2, number, number, number}};
  const test::TemporaryFolder folder;
  const std::string grown = folder.file("grown.h5"), whole = folder.file("whole.h5");
  CHECK(pass(report, grown, Start::create, all) == 0);
  io::write_report_hdf5(report, whole, false);
  CHECK(io::report_json(io::read_report(grown)) == io::report_json(report));
  CHECK(io::report_json(io::read_report(whole)) == io::report_json(report));
  CHECK(io::list_arrays(grown) == io::list_arrays(whole));
  CHECK(io::read_attributes(grown).at("complete") == "1");
  CHECK_FALSE(std::filesystem::exists(grown + ".journal"));
  CHECK_THROWS_AS(pass(report, grown, Start::create, all), FileError);
  const std::string first = read_text(grown);
  CHECK(pass(report, grown, Start::replace, all) == 0);
  CHECK(read_text(grown) == first);  // the same analysis, the same bytes
}

TEST_CASE("a store that was stopped is valid, says so, and is taken up again") {
  const auto report = test::report_of_everything();
  const test::TemporaryFolder folder;
  const std::string path = folder.file("r.h5");
  const std::size_t operators = report.models.front().operators.size();
  CHECK(pass(report, path, Start::resume, 3) == 0);  // there is nothing yet
  const auto partly = io::read_report(path);
  CHECK(partly.models.front().operators.size() == 3);
  CHECK_THAT(partly.models.front().warnings.back(),
             Catch::Contains("not finished: 3 of " + std::to_string(operators) + " operators"));
  CHECK_FALSE(io::read_attributes(path).contains("complete"));
  CHECK(pass(report, path, Start::resume, 5) == 3);
  CHECK(pass(report, path, Start::resume, all) == 5);
  CHECK(io::report_json(io::read_report(path)) == io::report_json(report));
  const std::string done = read_text(path);
  CHECK(pass(report, path, Start::resume, all) == operators);
  CHECK(read_text(path) == done);  // nothing to do: the file stays untouched
}

TEST_CASE("resuming another analysis takes over the operators that are known, in a new file") {
  const auto report = test::report_of_everything();
  const test::TemporaryFolder folder;
  const std::string path = folder.file("r.h5");
  pass(report, path, Start::create, all);
  auto more = report;  // another model comes first, and its operators are all new but one
  more.models.insert(more.models.begin(),
                     test::report_of({test::layer(3, {7, 1}), test::layer(4, {0.1})}).models.front());
  const std::size_t operators = report.models.front().operators.size();
  const std::string before = read_text(path);
  CHECK(pass(more, path, Start::resume, 4) == operators + 1);
  CHECK(read_text(path) == before);  // not all that is known has been copied
  CHECK(pass(more, path, Start::resume, all) == operators + 1);
  CHECK(io::report_json(io::read_report(path)) == io::report_json(more));

  auto other = more;
  other.options.thresholds = {0.25};
  CHECK(pass(other, path, Start::resume, all) == 0);  // other numbers were asked for
  other.program_version = "0.0.1";
  CHECK(pass(other, path, Start::resume, all) == 0);
  CHECK(key(report, 0, 0) != key(report, 0, 1));
}

TEST_CASE("results of the first layout are read, and not resumed") {
  const auto report = test::report_of_everything();
  const std::string json = io::report_json(report);
  const test::TemporaryFolder folder;
  const std::string path = folder.file("r.h5");
  io::ArrayWriter file(path);
  file.raw("report_json", {"report_json", {json.size()}, io::Element::unsigned_integer, 1, "uint8"},
           std::as_bytes(std::span(json)));
  file.attribute("/", "schema", "tmm.analysis");
  file.attribute("/", "hdf5_schema_version", std::int64_t{1});
  file.finish();
  CHECK(io::report_json(io::read_report(path)) == json);
  CHECK_THROWS_WITH(pass(report, path, Start::resume, all), Catch::Contains("layout"));
}

TEST_CASE("a result whose writer was stopped in the middle of a commit is not read as it is") {
  const auto report = test::report_of_everything();
  const test::TemporaryFolder folder;
  const std::string path = folder.file("r.h5");
  pass(report, path, Start::create, all);
  std::ofstream(path + ".journal") << "torn";
  CHECK_THROWS_WITH(io::read_report(path), Catch::Contains("--resume"));
  CHECK(pass(report, path, Start::resume, all) == report.models.front().operators.size());
  CHECK(io::report_json(io::read_report(path)) == io::report_json(report));
}
