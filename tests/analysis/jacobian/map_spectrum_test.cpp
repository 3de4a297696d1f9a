// SPDX-License-Identifier: MIT
#include "analysis/jacobian/map_spectrum.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "matrices.hpp"

using namespace tmm;
using analysis::MapKnowledge, analysis::Measure, analysis::Status;
using test::map_of;

namespace {

analysis::MapSpectrum dense(Eigen::MatrixXd a, double rounding = 0) {
  return analysis::dense_map_spectrum(a, rounding);
}

Eigen::VectorXd graded(Eigen::Index count, double ratio) {
  Eigen::VectorXd sigma(count);
  for (Eigen::Index i = 0; i < count; ++i) sigma(i) = std::pow(ratio, static_cast<double>(i));
  return sigma;
}

bool holds(const Measure& measure, double truth) {
  if (measure.status == Status::below_precision)
    return measure.bound == Measure::Bound::upper ? truth <= measure.value : truth >= measure.value;
  return measure.status == Status::numerical && std::fabs(measure.value - truth) <= measure.error;
}

}  // namespace

TEST_CASE("measures of known singular values are right within their errors") {
  const Eigen::VectorXd sigma = graded(30, 0.5);
  const auto spectrum = dense(test::with_values(30, 50, sigma, 3));
  CHECK(holds(spectrum.at("sigma_max"), 1));
  CHECK(holds(spectrum.at("log10_sigma_min"), std::log10(sigma(29))));
  CHECK(spectrum.at("log10_sigma_min").status == Status::numerical);
  CHECK(holds(spectrum.at("stable_rank"), sigma.squaredNorm()));
  const Eigen::ArrayXd p = sigma.array() / sigma.sum();
  CHECK(holds(spectrum.at("effective_rank"), std::exp(-(p * p.log()).sum())));
  // 50·2⁻²³ ≈ 2⁻¹⁷·³⁵
  CHECK(holds(spectrum.at("rank_float32"), 18));
  CHECK(spectrum.at("rank_float32").error == 0);
  CHECK(holds(spectrum.at("kernel_float32"), 12));
}

TEST_CASE("values are numbers above twice their error, and the threshold of float32 counts the rank") {
  const auto spectrum = dense(test::with_values(30, 30, graded(30, 0.1), 3), 1e-9);
  const std::size_t known = analysis::known_values(spectrum);
  REQUIRE((known > 5 && known < 12));
  CHECK(spectrum.values[known - 1] > 2 * spectrum.error);
  CHECK(spectrum.values[known] <= 2 * spectrum.error);
  const double threshold = analysis::float32_threshold(spectrum);
  CHECK(spectrum.at("rank_float32").value ==
        static_cast<double>(
            std::ranges::count_if(spectrum.values, [&](double sigma) { return sigma > threshold; })));
}

TEST_CASE("equal singular values have the ranks of a multiple of an orthogonal matrix") {
  const auto spectrum = dense(Eigen::MatrixXd::Identity(20, 20) * 7);
  for (const char* rank : {"stable_rank", "effective_rank", "rank_float32"})
    CHECK(spectrum.at(rank).value == Approx(20).epsilon(1e-13));
  CHECK(spectrum.at("kernel_float32").value == 0);
}

TEST_CASE("a singular value that rounding swallows is a bound, and a straddling one makes the rank unsure") {
  const auto spectrum = dense(test::with_values(30, 30, graded(30, 0.1), 3));
  CHECK(spectrum.at("log10_sigma_min").status == Status::below_precision);
  CHECK(holds(spectrum.at("log10_sigma_min"), -29));
  Eigen::VectorXd sigma(3);
  sigma << 1, 3 * 0x1p-23, 1e-9;
  const auto straddling = dense(test::with_values(3, 3, sigma, 1));
  CHECK(straddling.at("rank_float32").error == 1);
  CHECK(holds(straddling.at("rank_float32"), 1));
  const auto rounded = dense(test::with_values(3, 3, sigma, 1), 1e-5);
  CHECK(rounded.at("log10_sigma_min").status == Status::below_precision);
  CHECK(dense(Eigen::MatrixXd::Zero(4, 4)).at("rank_float32").status == Status::undecided);
}

TEST_CASE("ends of a spectrum hold what the whole one shows") {
  for (const auto& [rows, cols] : {std::pair{80, 80}, std::pair{20, 90}, std::pair{90, 20}})
    for (const double ratio : {0.99, 0.8, 0.5}) {
      CAPTURE(rows, cols, ratio);
      const Eigen::VectorXd sigma = graded(std::min(rows, cols), ratio);
      const auto ends =
          analysis::end_spectrum(map_of(test::with_values(rows, cols, sigma, 3)), 15, 16, 1, {});
      const Measure& largest = ends.at("sigma_max");
      CHECK(largest.status == Status::numerical);
      CHECK((sigma.array() - largest.value).abs().minCoeff() <= largest.error);
      CHECK(holds(ends.at("log10_sigma_min"), std::log10(sigma(sigma.size() - 1))));
      CHECK(ends.at("log10_sigma_min").status == Status::below_precision);
      CHECK(ends.at("effective_rank").status == Status::undecided);
      const double threshold = std::max(rows, cols) * 0x1p-23;
      const auto rank = static_cast<double>((sigma.array() > threshold).count());
      CHECK(holds(ends.at("rank_float32"), rank));
      CHECK(holds(ends.at("kernel_float32"), static_cast<double>(sigma.size()) - rank));
      CHECK(ends.values.empty());
      // Two standard errors of 16 probes: five of a hundred miss, these seeds do not by much.
      CHECK(std::fabs(ends.at("stable_rank").value - sigma.squaredNorm()) <=
            2 * ends.at("stable_rank").error + 0.01 * sigma.squaredNorm());
    }
}

TEST_CASE("what is known from elsewhere counts: a smaller bound, a rank that cannot be full") {
  const Eigen::MatrixXd a = test::with_values(60, 60, graded(60, 0.95), 3);
  MapKnowledge known;
  known.smallest_upper = 0.05;  // of 0.95⁵⁹ = 0.0485
  const auto bounded = analysis::end_spectrum(map_of(a), 5, 4, 1, known);
  CHECK(bounded.at("log10_sigma_min").value == Approx(std::log10(0.05)).epsilon(1e-9));
  known.most_rank = 59;
  known.rank_reason = "told";
  const auto singular = analysis::end_spectrum(map_of(a), 5, 4, 1, known).at("log10_sigma_min");
  CHECK(singular.status == Status::certified);
  CHECK(singular.value == -std::numeric_limits<double>::infinity());
  CHECK(singular.method == "told");
}

TEST_CASE("as many steps as a small map has rows make its ends the whole spectrum") {
  const Eigen::VectorXd sigma = graded(12, 0.7);
  const auto ends = analysis::end_spectrum(map_of(test::with_values(12, 12, sigma, 3)), 64, 4, 1, {});
  REQUIRE(ends.values.size() == 12);
  CHECK(holds(ends.at("log10_sigma_min"), std::log10(sigma(11))));
  CHECK(ends.at("log10_sigma_min").status == Status::numerical);
}

TEST_CASE("a matrix that is not finite has no spectrum") {
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(3, 3);
  a(1, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(analysis::dense_map_spectrum(a, 0), Catch::Contains("not finite"));
}
