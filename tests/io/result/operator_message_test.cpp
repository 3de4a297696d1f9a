// SPDX-License-Identifier: MIT
#include "io/result/operator_message.hpp"

#include <catch2/catch.hpp>

#include "io/report/operator_json.hpp"
#include "io/report/reports.hpp"

using namespace tmm;

TEST_CASE("what a process says of an operator reads back with its arrays, the plane among them") {
  analysis::AnalyzeOptions options;
  options.pseudospectra = {5, 3};
  for (const auto& layer : {test::layer(0, {0, 0.8, 0.8}), test::layer(1, {1, 2.5, 1})})
    for (const bool plane : {true, false}) {
      const auto report = analysis::analyze(layer, plane ? options : analysis::AnalyzeOptions());
      const auto read = io::read_operator_message(io::operator_message(report), layer);
      CHECK(read.plane.has_value() == plane);
      CHECK(io::operator_json(read, io::ReportArrays::written, 1) ==
            io::operator_json(report, io::ReportArrays::written, 1));
    }
}

TEST_CASE("a message that is cut short is refused") {
  analysis::AnalyzeOptions options;
  options.pseudospectra = {3, 2};
  const auto layer = test::layer(1, {1, 2.5, 1});
  const std::string bytes = io::operator_message(analysis::analyze(layer, options));
  for (std::size_t cut = 1; cut < bytes.size(); cut += 7)
    CHECK_THROWS_AS(io::read_operator_message(bytes.substr(0, bytes.size() - cut), layer),
                    std::runtime_error);
}
