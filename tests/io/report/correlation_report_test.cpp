// SPDX-License-Identifier: MIT
#include "io/report/correlation_report.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace tmm;
using Catch::Contains;

namespace {

const double unknown = std::nan("");

io::CorrelatedModel model_of(double fraction, double accuracy) {
  return {"m", "g", {fraction, unknown, 1}, {{"copy accuracy", accuracy}}};
}

}  // namespace

TEST_CASE("correlations: rho with its interval and number of models, and words where there is none") {
  std::vector<io::CorrelatedModel> models;
  for (const auto& [x, y] : {std::pair(0.1, 0.2), {0.2, 0.1}, {0.3, 0.5}, {0.4, 0.6}, {0.5, 0.9}})
    models.push_back(model_of(x, y));
  models.push_back(model_of(unknown, 0.3));
  const io::CorrelationReport report = io::correlate(models);
  REQUIRE(report.rows.size() == 3);
  CHECK(report.rows[0].count == 5);
  CHECK(report.rows[0].correlation->rho == Approx(0.9));
  CHECK(report.rows[0].correlation->p_value == Approx(10. / 120));  // 5 of 120 orders are as near, 5 as far
  CHECK(report.rows[0].adjusted_p_value == report.rows[0].correlation->p_value);
  CHECK_FALSE(report.rows[1].correlation);  // no model has Jensen's defect
  CHECK_FALSE(report.rows[2].correlation);  // all have the same effective index
  const std::string text = io::correlation_table(report, 400);
  CHECK_THAT(text, Contains("copy accuracy  winding_fraction") && Contains("+0.90"));
  CHECK_THAT(text, Contains("fewer than 4 models have both") && Contains("all models have the same value") &&
                       !Contains("nan"));
  const auto json = nlohmann::json::parse(io::correlation_json(report, 1));
  CHECK(json["correlations"][0]["count"] == 5);
  CHECK(json["correlations"][0]["method"] == "Spearman, exact permutation distribution");
  CHECK(json["correlations"][1]["rho"].is_null());
  CHECK(json["models"][5]["measures"][0].is_null());
}

TEST_CASE("correlations: nothing is said of one model, or of models that were not evaluated") {
  CHECK(io::correlation_table(io::correlate({model_of(1, 1)}), 80).empty());
  CHECK(io::correlate({{"m", "g", {1, 2, 3}, {}}, {"m", "g", {1, 2, 3}, {}}}).rows.empty());
}
