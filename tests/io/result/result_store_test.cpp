// SPDX-License-Identifier: MIT
#include "io/result/result_store.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>

#include "io/hdf5/array_file.hpp"
#include "io/report/reports.hpp"
#include "io/result/read_report.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;

TEST_CASE("the HDF5 report: read_report gives the same report, arrays hold the same numbers") {
  auto report = test::report_of_everything();
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.h5"), op = "models/0/operators/";
  io::write_report_hdf5(report, file, false);
  CHECK_FALSE(io::read_attributes(file, "models/0").contains("warnings"));
  report.models[0].warnings = {"of the file", "and another"};
  io::write_report_hdf5(report, file, true);
  CHECK(io::read_attributes(file, "models/0").at("warnings") == "of the file\nand another");
  CHECK(io::report_json(io::read_report(file)) == io::report_json(report));
  const auto attributes = io::read_attributes(file);
  CHECK(attributes.at("schema") == "tmm.analysis");
  CHECK(attributes.contains("convention_fredholm_index"));
  for (std::size_t k = 0; k < report.models[0].operators.size(); ++k) {
    const auto& source = report.models[0].operators[k];
    const std::string group = op + std::to_string(k) + "/";
    const auto labels = io::read_attributes(file, op + std::to_string(k));
    CHECK(labels.at("name") == source.layer.name);
    CHECK(labels.at("n") == std::to_string(source.layer.taps.size()));
    CHECK(labels.at("winding_status") == name(source.winding.status));
    CHECK(labels.contains("winding_number") == (source.winding.status == analysis::IndexStatus::certified));
    CHECK(io::read_array<double>(file, group + "taps").values == source.layer.taps);
    const auto mantissa = io::read_array<double>(file, group + "singular_value_mantissa").values;
    const auto exponent = io::read_array<std::int64_t>(file, group + "singular_value_exponent10").values;
    REQUIRE(mantissa.size() == source.spectrum->values.size());
    for (std::size_t i = 0; i < mantissa.size(); ++i) {
      CHECK(mantissa[i] == source.spectrum->values[i].value.mantissa);
      CHECK(exponent[i] == source.spectrum->values[i].value.exponent);
    }
    const auto measures = io::read_array<double>(file, group + "measures");
    REQUIRE(measures.shape == std::vector<std::size_t>{source.measures.size(), 3});
    for (std::size_t i = 0; i < source.measures.size(); ++i) {
      const auto& measure = source.measures[i].measure;
      const bool number =
          measure.status == analysis::Status::certified || measure.status == analysis::Status::numerical;
      CHECK((number ? measures.values[3 * i] == measure.value : std::isnan(measures.values[3 * i])));
    }
    CHECK(io::read_array<double>(file, group + "symbol").shape ==
          std::vector<std::size_t>{source.layer.taps.size() + 1, 2});
  }
}

TEST_CASE("the HDF5 report holds the plane by rows, NaN where an index or a norm is not known") {
  auto report = test::report_of({test::layer(0, {0, 0.8, 0.8}), test::layer(1, {1, 0.5})});  // a(-1) = 0
  report.options.pseudospectra = {5, 3};
  report.models[0].operators.front() =
      analysis::analyze(report.models[0].operators.front().layer, report.options);
  analysis::Plane& plane = *report.models[0].operators.front().plane;
  plane.log10_resolvent[3] = plane.relative_error[3] = std::numeric_limits<double>::quiet_NaN();
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.h5"), group = "models/0/operators/0/plane_";
  io::write_report_hdf5(report, file, false);
  CHECK(io::report_json(io::read_report(file)) == io::report_json(report));
  const auto numbers = io::read_array<double>(file, group + "winding_number"),
             norms = io::read_array<double>(file, group + "log10_resolvent");
  CHECK(numbers.shape == std::vector<std::size_t>{3, 5});
  CHECK(io::read_array<double>(file, group + "re").values == plane.x);
  CHECK(io::read_array<double>(file, group + "im").values == plane.y);
  CHECK(std::isnan(numbers.values[2]));  // λ = 0, on the curve
  CHECK(numbers.values[0] == 0);
  CHECK(std::isinf(norms.values[2]));  // and w_0
  CHECK(std::isnan(norms.values[3]));
  CHECK(std::isinf(io::read_report(file).models[0].operators[0].plane->log10_resolvent[2]));
  const auto again = io::parse_report(io::report_json(report), "r.json").models[0].operators;
  CHECK(std::isinf(again[0].plane->log10_resolvent[2]));
  CHECK(std::isnan(again[0].plane->log10_resolvent[3]));
  CHECK(again[0].plane->winding_number == plane.winding_number);
  CHECK_FALSE(again[1].plane);
}

TEST_CASE("the HDF5 report says how many zeros a cluster holds, and only where there is one") {
  const auto report = test::report_of({test::layer(0, {1, 3, 3, 1}), test::layer(1, {1, 0.5, 0.1})});
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.h5");
  io::write_report_hdf5(report, file, false);
  CHECK(io::read_array<std::int64_t>(file, "models/0/operators/0/zeros_together").values ==
        std::vector<std::int64_t>{3, 3, 3});
  CHECK_THROWS(io::read_array<std::int64_t>(file, "models/0/operators/1/zeros_together"));
}

TEST_CASE("attributes of groups and datasets are read, of anything else refused by name") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.h5");
  io::write_report_hdf5(test::report_of_everything(), file, false);
  CHECK(io::read_attributes(file, "models/0/operators/0/measures").contains("measure_names"));
  CHECK_THROWS_WITH(io::read_attributes(file, "models/nowhere"),
                    Catch::Contains("models/nowhere: no such dataset or group"));
}

TEST_CASE("HDF5 files that are no reports are refused by name") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("other.h5");
  {
    io::ArrayWriter writer(file);
    writer.dataset("report_json", std::vector<std::size_t>{2}, std::vector<double>{1, 2});
    writer.finish();
  }
  CHECK_THROWS_WITH(io::read_report(file),
                    Catch::Contains("other.h5: report_json: not a result of tmm analyze"));
  CHECK_THROWS_AS(io::read_report(TMM_TEST_DATA "/clm_flat_toeplitz.h5"), FormatError);
  std::ofstream(folder.file("cut.h5")) << test::read_text(file).substr(0, 700);
  CHECK_THROWS_AS(io::read_report(folder.file("cut.h5")), FormatError);
}
