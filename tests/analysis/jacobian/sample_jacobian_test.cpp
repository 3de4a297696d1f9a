// SPDX-License-Identifier: MIT
#include "analysis/jacobian/sample_jacobian.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/jacobian/network_jacobian.hpp"
#include "analysis/jacobian/recorded_maps.hpp"
#include "matrices.hpp"
#include "model/base/error.hpp"
#include "model/network/layer_norm.hpp"
#include "model/network/random_network.hpp"

using namespace tmm;
using analysis::JacobianOptions, analysis::Measure, analysis::SampleJacobian, analysis::Status;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
using test::random_state;

namespace {

constexpr std::size_t d = 12;

model::Tmm<double> network_of(const std::string& variant) {
  return model::load_network<double>(random_state(variant));
}

std::vector<std::int32_t> some_ids(std::size_t m, unsigned seed = 3) {
  return test::random_batch(1, m, false, 30, seed).ids;
}

/// One block that mixes over time alone, x ← x + T·LN(x), with taps w.
model::Tmm<double> toeplitz_alone(const std::vector<double>& w) {
  auto network = network_of("flat");
  network.blocks.resize(1);
  auto& block = network.blocks.front();
  std::ranges::fill(block.contract.weight, 0.0);
  std::ranges::fill(block.contract.bias, 0.0);
  std::ranges::fill(block.token_norm.weight, 1.0);
  std::ranges::fill(block.token_mixer.first.weight, 0.0);
  std::ranges::copy(w, block.token_mixer.first.weight.begin());
  return network;
}

/// Lower triangular Toeplitz matrix (m × m), times ν, plus I.
VectorXd values_of_section(const std::vector<double>& w, Index m, double nu) {
  MatrixXd a = MatrixXd::Identity(m, m);
  for (Index t = 0; t < m; ++t)
    for (Index k = 0; k <= t && k < static_cast<Index>(w.size()); ++k)
      a(t, t - k) += nu * w[static_cast<std::size_t>(k)];
  return test::singular_values(a);
}

/// Variance of the token's embedding, plus ε.
double spread_of(const model::Tmm<double>& network, std::int32_t id) {
  const double* x = network.embedding.data() + static_cast<std::size_t>(id) * d;
  const VectorXd row = Eigen::Map<const VectorXd>(x, d);
  return (row.array() - row.mean()).square().mean() + model::layer_norm_epsilon;
}

const analysis::MapSpectrum& part(const analysis::BlockJacobian& block, const std::string& name) {
  return std::ranges::find(block.parts, name, &analysis::PartJacobian::part)->spectrum;
}

}  // namespace

TEST_CASE(
    "a network of one Toeplitz layer on equal tokens has the singular values of I + νT, known in advance") {
  // LN′ at x is ν(I − 11ᵀ/d − x̂x̂ᵀ/d), ν = 1/√(var + ε), symmetric and the same at every position: eigenvalue
  // 0 once, νε/(var + ε) once, ν otherwise. So J = I + T⊗LN′ falls apart into m × m problems.
  const std::vector<double> w{0.5, 1.25, -0.75, 0.125};
  const Index m = 9;
  const auto network = toeplitz_alone(w);
  const std::int32_t id = 4;
  const std::vector<std::int32_t> ids(static_cast<std::size_t>(m), id);
  const double variance = spread_of(network, id), nu = 1 / std::sqrt(variance);
  std::vector<double> truth;
  for (std::size_t i = 0; i < d; ++i) {
    const double eigenvalue = i == 0 ? 0 : i == 1 ? nu * model::layer_norm_epsilon / variance : nu;
    const VectorXd values = values_of_section(w, m, eigenvalue);
    truth.insert(truth.end(), values.begin(), values.end());
  }
  std::ranges::sort(truth, std::ranges::greater{});
  const SampleJacobian sample = analysis::sample_jacobian(network, ids, {});
  REQUIRE(sample.stream.values.size() == truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i)
    CHECK(std::fabs(sample.stream.values[i] - truth[i]) <= sample.stream.error);
  CHECK(sample.stream.error <= 1e-11 * truth.front());
  CHECK(std::fabs(sample.stream.at("log10_sigma_min").value - std::log10(truth.back())) <=
        sample.stream.at("log10_sigma_min").error);
  // ‖∂z/∂x_t‖ of lag k = p − t: w_k ν beside the identity.
  for (std::size_t t = 0; t < ids.size(); ++t) {
    const std::size_t lag = ids.size() - 1 - t;
    const double wk = lag < w.size() ? w[lag] : 0, at = lag == 0 ? 1 : 0,
                 small = model::layer_norm_epsilon / variance;
    const double square = (d - 2.0) * std::pow(at + wk * nu, 2) + at + std::pow(at + wk * nu * small, 2);
    CHECK(std::fabs(sample.retention.frobenius[t] - std::sqrt(square)) <= sample.retention.floor);
    CHECK(std::fabs(sample.retention.norm2[t] - std::max(at, std::fabs(at + wk * nu))) <=
          sample.retention.floor + 1e-14);
  }
  // Channel mixing adds nothing here: the identity.
  CHECK(part(sample.blocks.front(), "channel").at("effective_rank").value == Approx(m * d).epsilon(1e-12));
  CHECK(part(sample.blocks.front(), "token_branch").at("log10_sigma_min").status == Status::certified);
}

TEST_CASE("a network that adds nothing is the identity, and one that cancels its input is not invertible") {
  auto network = toeplitz_alone({});
  const auto identity = analysis::sample_jacobian(network, some_ids(5), {});
  for (const double sigma : identity.stream.values) CHECK(sigma == Approx(1).epsilon(1e-13));
  CHECK(identity.stream.at("kernel_float32").value == 0);
  CHECK(identity.effective_positions.value == Approx(1).epsilon(1e-9));
  // One token: J = I − LN′/ν has an eigenvalue 0, d − 2 times.
  const std::int32_t id = 7;
  network = toeplitz_alone({-std::sqrt(spread_of(network, id))});
  const auto singular = analysis::sample_jacobian(network, std::vector{id}, {});
  CHECK(singular.stream.at("log10_sigma_min").status == Status::below_precision);
  CHECK(singular.stream.at("log10_sigma_min").value < -12);
  CHECK(singular.stream.at("kernel_float32").value == d - 2);
  CHECK(singular.vector.at("kernel_float32").value == d - 2);
}

TEST_CASE("matrices, profiles and ends agree with columns of forward mode, in every variant") {
  for (std::string variant : test::variants()) {
    CAPTURE(variant);
    const auto network = network_of(variant);
    const std::size_t m = 9;
    const auto ids = some_ids(m);
    JacobianOptions options;
    options.threads = 2;
    const auto shape = analysis::jacobian_shape(network, m, options);
    const SampleJacobian sample = analysis::sample_jacobian(network, ids, options);
    const model::GradientLayers<double> layers(network, m);
    analysis::RecordedMaps maps(layers, m);
    maps.record(ids);
    const MatrixXd stream = analysis::dense_of(maps.steps(0, shape.end_step));
    const VectorXd sigma = test::singular_values(stream);
    for (Index i = 0; i < sigma.size(); ++i)
      CHECK(std::fabs(sample.stream.values[static_cast<std::size_t>(i)] - sigma(i)) <= sample.stream.error);
    const MatrixXd z = stream.middleRows(static_cast<Index>(shape.position * d), d);
    CHECK(sample.vector.values.size() == d);
    CHECK(std::fabs(sample.vector.values.front() - test::singular_values(z)(0)) <= sample.vector.error);
    CHECK(sample.rounding <= 1e-12 * z.norm());
    for (std::size_t t = 0; t <= shape.position; ++t)
      CHECK(std::fabs(sample.retention.frobenius[t] - z.middleCols(static_cast<Index>(t * d), d).norm()) <=
            sample.retention.floor);
    options.full_limit = 0;
    options.steps = 20;
    const SampleJacobian ends = analysis::sample_jacobian(network, ids, options);
    CHECK(std::fabs(ends.stream.at("sigma_max").value - sigma(0)) <= ends.stream.at("sigma_max").error);
    CHECK(std::pow(10, ends.stream.at("log10_sigma_min").value) >= sigma(sigma.size() - 1));
    REQUIRE(sample.blocks.size() == ends.blocks.size());
    CHECK(sample.blocks.size() == 2);
    for (std::size_t block = 0; block < 2; ++block)
      for (const auto& whole : sample.blocks[block].parts) {
        CAPTURE(block, whole.part);
        const auto& few = part(ends.blocks[block], whole.part);
        CHECK(std::fabs(few.at("sigma_max").value - whole.spectrum.values.front()) <=
              few.at("sigma_max").error + whole.spectrum.error);
        CHECK(few.at("rank_float32").value <= whole.spectrum.at("rank_float32").value);
      }
  }
}

TEST_CASE("blocks multiply to the whole, and parts to their block") {
  const auto network = network_of("expanded");
  const std::size_t m = 6;
  const model::GradientLayers<double> layers(network, m);
  analysis::RecordedMaps maps(layers, m);
  maps.record(some_ids(m));
  const auto matrix = [&](std::size_t first, std::size_t end, bool branch = false) {
    return analysis::dense_of(maps.steps(first, end, branch));
  };
  const MatrixXd whole = matrix(0, 4);
  CHECK((matrix(2, 4) * matrix(0, 2) - whole).norm() <= 1e-13 * whole.norm());
  CHECK((matrix(1, 2) * matrix(0, 1) - matrix(0, 2)).norm() <= 1e-13 * whole.norm());
  CHECK((matrix(1, 2) - matrix(1, 2, true) - MatrixXd::Identity(m * d, m * d)).norm() <=
        1e-13 * whole.norm());
  // Causal: nothing above the diagonal blocks; channel mixing: nothing beside them.
  for (Index t = 0; t < static_cast<Index>(m); ++t)
    for (Index s = 0; s < static_cast<Index>(m); ++s) {
      if (s > t) CHECK(whole.block(t * 12, s * 12, 12, 12).norm() <= 1e-13 * whole.norm());
      if (s != t) CHECK(matrix(0, 1).block(t * 12, s * 12, 12, 12).norm() == 0);
    }
}

TEST_CASE(
    "an autoencoder is looked at up to its code, or through it, where the rank cannot exceed the code's") {
  const auto network = network_of("autoencoder_compressed");
  JacobianOptions options;
  options.blocks = false;
  const auto encoder = analysis::sample_jacobian(network, some_ids(8), options);
  CHECK(encoder.stream.at("log10_sigma_min").status == Status::numerical);
  options.through_bottleneck = true;
  const auto whole = analysis::sample_jacobian(network, some_ids(8), options);
  CHECK(whole.stream.at("log10_sigma_min").status == Status::certified);
  CHECK(whole.stream.at("log10_sigma_min").value == -std::numeric_limits<double>::infinity());
  CHECK_THAT(whole.stream.at("log10_sigma_min").method, Catch::Contains("5 numbers"));
  CHECK(whole.stream.at("rank_float32").value <= 5);
  CHECK(whole.vector.at("sigma_max").value == encoder.vector.at("sigma_max").value);
  CHECK(encoder.blocks.empty());
}

TEST_CASE("the code of a network that is read before its last token depends on nothing behind it") {
  const auto network = network_of("dense");
  const std::size_t back = network.architecture.form.code_from_end;
  REQUIRE(back == 2);
  const auto sample = analysis::sample_jacobian(network, some_ids(8), {});
  CHECK(sample.retention.frobenius.size() == 7);
  CHECK_THROWS_AS(analysis::sample_jacobian(network, some_ids(1), {}), ArgumentError);
  CHECK_THROWS_AS(analysis::jacobian_shape(network, 22, {}), ArgumentError);
  CHECK_THROWS_AS(analysis::jacobian_shape(network, 0, {}), ArgumentError);
}

TEST_CASE("a derivative does not depend on the number of threads, bit for bit") {
  const auto network = network_of("heads");
  JacobianOptions options;
  options.full_limit = 40;
  const auto numbers = [&](std::size_t threads) {
    options.threads = threads;
    const auto sample = analysis::sample_jacobian(network, some_ids(21), options);
    std::vector<double> all = sample.retention.frobenius;
    const auto add = [&](const analysis::MapSpectrum& spectrum) {
      for (const auto& measure : spectrum.measures)
        if (!std::isnan(measure.measure.value)) all.push_back(measure.measure.value);
    };
    add(sample.stream), add(sample.vector);
    for (const auto& block : sample.blocks) {
      for (const auto& p : block.parts) add(p.spectrum);
      all.insert(all.end(), block.block.frobenius.begin(), block.block.frobenius.end());
    }
    return all;
  };
  CHECK(numbers(1) == numbers(3));
}

TEST_CASE("a network whose derivative overflows is refused, not measured") {
  auto network = network_of("flat");
  for (double& w : network.blocks[0].contract.weight) w *= 1e200;
  for (double& w : network.blocks[0].expand.weight) w *= 1e200;
  CHECK_THROWS_WITH(analysis::sample_jacobian(network, some_ids(5), {}), Catch::Contains("not finite"));
}

TEST_CASE("samples are summed up by what is a number in them, and by their weakest bound otherwise") {
  using analysis::summarize;
  const std::vector<Measure> numbers{{2, Status::numerical, 0.1, "a"}, {4, Status::certified, 0, "b"}};
  const auto mean = summarize("x", numbers);
  CHECK(mean.known == 2);
  CHECK(mean.mean == 3);
  CHECK(mean.deviation == Approx(std::sqrt(2.0)));
  CHECK(mean.least == 2);
  CHECK(mean.most == 4);
  CHECK(mean.error == 0.1);
  CHECK_FALSE(mean.instead);
  const std::vector<Measure> bounds{{-3, Status::below_precision, 0, "a"},
                                    {-2, Status::below_precision, 0, "b"}};
  CHECK(summarize("x", bounds).instead->value == -2);
  std::vector<Measure> lower = bounds;
  for (Measure& m : lower) m.bound = Measure::Bound::lower;
  CHECK(summarize("x", lower).instead->value == -3);
  const std::vector<Measure> mixed{bounds[0], numbers[0]};
  CHECK(summarize("x", mixed).known == 1);
  CHECK(std::isnan(summarize("x", mixed).deviation));
  const std::vector<Measure> unlike{bounds[0], Measure::undecided("why")};
  CHECK(summarize("x", unlike).instead->status == Status::undecided);
}
