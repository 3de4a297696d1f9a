// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum_proof.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/symbols.hpp"
#include "model/base/parallel.hpp"

using namespace tmm::analysis;
using tmm::test::Taps;

namespace {

constexpr double exact_rounding = 1e-15;  // of 900-digit values that have been rounded to double

struct Containment {
  std::size_t certified = 0, outside = 0;
};

// |value − σ| against relative_error·min(value, σ).
Containment compare(const Spectrum& spectrum, const std::vector<ScaledReal>& exact) {
  REQUIRE(spectrum.values.size() == exact.size());
  Containment result;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const SingularValue& v = spectrum.values[i];
    if (v.status != Status::certified) continue;
    ++result.certified;
    if (exact[i].mantissa == 0) {
      result.outside += v.value.mantissa == 0 ? 0 : 1;
      continue;
    }
    const double ratio =
        ScaledReal{v.value.mantissa / exact[i].mantissa, v.value.exponent - exact[i].exponent}.to_double();
    const bool inside = std::fabs(ratio - 1) <= (v.relative_error + exact_rounding) * std::min(ratio, 1.0);
    result.outside += inside ? 0 : 1;
  }
  return result;
}

Spectrum proven(const Taps& taps) {
  return singular_spectrum(taps, {.certify = true});
}

void check_all_certified(const Taps& taps, const std::vector<ScaledReal>& exact, double widest) {
  const Spectrum spectrum = proven(taps);
  CAPTURE(taps.size(), spectrum.method);
  const Containment found = compare(spectrum, exact);
  CHECK(found.certified == taps.size());
  CHECK(found.outside == 0);
  for (const SingularValue& v : spectrum.values) CHECK(v.relative_error <= widest);
  CHECK(spectrum.determinant.outcome == IdentityCheck::Outcome::held);
  CHECK(spectrum.frobenius.outcome == IdentityCheck::Outcome::held);
}

// The 900-digit values of clm_flat.h5, layer by layer; empty if the reference material is absent.
std::vector<std::pair<Taps, std::vector<ScaledReal>>> reference_layers() {
  std::vector<std::pair<Taps, std::vector<ScaledReal>>> result;
  const auto layers = tmm::test::trained_operators("clm_flat.h5");
  const std::string path = tmm::test::shared_file("reference/singular_values_clm_flat.json");
  if (layers.empty() || path.empty()) return result;
  const auto reference = nlohmann::json::parse(std::ifstream(path))["singular_values"];
  for (const auto& layer : layers) {
    std::vector<ScaledReal> exact;
    for (const std::string text : reference[layer.name]) {  // "6.58084923441024838164e-01"
      const auto e = text.find('e');
      exact.push_back({std::stod(text.substr(0, e)), std::stoll(text.substr(e + 1))});
    }
    result.emplace_back(layer.taps, std::move(exact));
  }
  return result;
}

void check_file(const char* file, std::size_t layers) {
  const auto operators = tmm::test::trained_operators(file);
  if (operators.empty()) WARN("reference checkpoints absent: " << file);
  CHECK((operators.empty() || operators.size() == layers));
  std::vector<std::vector<ScaledReal>> exact(operators.size());  // minutes each
  tmm::model::parallel_for(
      operators.size(), std::thread::hardware_concurrency(),
      [&](std::size_t i, std::size_t) { exact[i] = tmm::test::exact_singular_values(operators[i].taps); });
  for (std::size_t i = 0; i < operators.size(); ++i) check_all_certified(operators[i].taps, exact[i], 1e-5);
}

}  // namespace

TEST_CASE("every proven singular value of clm_flat.h5 contains its 900-digit value, to five digits or more") {
  const auto layers = reference_layers();
  if (layers.empty()) WARN("reference material absent");
  for (const auto& [taps, exact] : layers) check_all_certified(taps, exact, 1e-5);
}

TEST_CASE("proofs reach every singular value of trained layers, vanishing ones included") {
  for (const char* file : {"copy_flat.h5", "clm_h4.h5"}) {
    const auto layers = tmm::test::trained_operators(file);
    if (layers.empty()) WARN("reference checkpoints absent: " << file);
    for (std::size_t l = 0; l < layers.size(); l += 5) {
      const Spectrum numerical = singular_spectrum(layers[l].taps), spectrum = proven(layers[l].taps);
      for (std::size_t i = 0; i < spectrum.values.size(); ++i) {
        CHECK(spectrum.values[i].status == Status::certified);
        CHECK(spectrum.values[i].relative_error <= 1e-5);
        // The number is the one without proof.
        CHECK(spectrum.values[i].value.mantissa == numerical.values[i].value.mantissa);
      }
    }
  }
}

// With clm_flat.h5 above these are all 76 trained layers.
TEST_CASE("proven singular values of the 32 heads of clm_h4.h5 contain their 900-digit values", "[slow]") {
  check_file("clm_h4.h5", 32);
}

TEST_CASE("proven singular values of copy_flat.h5 contain their 900-digit values", "[slow]") {
  check_file("copy_flat.h5", 8);
}

TEST_CASE("proven singular values of ae_flat.h5 contain their 900-digit values", "[slow]") {
  check_file("ae_flat.h5", 12);
}

TEST_CASE("proven singular values of 16 layers with n = 512 contain their 900-digit values", "[slow]") {
  check_file("copy_d512_n512_toeplitz_only.h5", 16);
}

TEST_CASE("proofs hold for deep, multiple and crowded zeros, delays and weights of any size") {
  std::vector<Taps> cases;
  for (const std::size_t n : {2U, 3U, 9U, 16U}) {
    const Taps random = tmm::test::gaussian_taps(n, 11);
    cases.push_back(random);
    for (const double first : {1e-3, 1e-30, 1e-40}) {  // down to 1e-800, which 900 digits still see
      cases.push_back(random);
      cases.back()[0] = first;
    }
    cases.push_back(random);
    cases.back()[0] = cases.back()[n / 2] = 0;
    cases.emplace_back(n, 1.0);
    Taps powers{1};
    while (powers.size() < n) powers = tmm::test::multiply(powers, {-0.5, 1});
    cases.push_back(powers);
    for (const int exponent : {-1030, 900}) {
      cases.push_back(random);
      for (double& w : cases.back()) w = std::ldexp(w, exponent);
    }
  }
  std::size_t values = 0, certified = 0;
  for (const Taps& taps : cases) {
    CAPTURE(taps);
    const Containment found = compare(proven(taps), tmm::test::exact_singular_values(taps));
    CHECK(found.outside == 0);
    values += taps.size(), certified += found.certified;
  }
  CHECK(certified == values);
  for (const double first : {1e-150, 5e-324}) {  // beyond 900 digits: Π σ = |w_0|^n knows
    Taps taps = tmm::test::gaussian_taps(20, 11);
    taps[0] = first;
    const Spectrum spectrum = proven(taps);
    CHECK(spectrum.values.back().status == Status::certified);
    CHECK(spectrum.values.back().value.log10() < -2900);
    CHECK(spectrum.determinant.outcome == IdentityCheck::Outcome::held);
  }
}

TEST_CASE("a proven enclosure that is made too narrow on purpose is noticed") {
  const Taps taps = tmm::test::gaussian_taps(24, 3);
  const auto exact = tmm::test::exact_singular_values(taps);
  Spectrum spectrum = proven(taps);
  REQUIRE(compare(spectrum, exact).outside == 0);
  // Each enclosure is moved off its value by its own width and a little more.
  for (SingularValue& v : spectrum.values) v.value.mantissa *= 1 + 2.5 * v.relative_error + 1e-14;
  CHECK(compare(spectrum, exact).outside == taps.size());
  // One alone.
  spectrum = proven(taps);
  spectrum.values.back().value.mantissa *= 1 + 1e-14 + 2 * spectrum.values.back().relative_error;
  CHECK(compare(spectrum, exact).outside == 1);
}

TEST_CASE("what numerical values get wrong a proof corrects, with the same numbers elsewhere") {
  const Taps taps = tmm::test::gaussian_taps(16, 9);
  const auto exact = tmm::test::exact_singular_values(taps);
  const ScaledTaps scaled = ScaledTaps::from(taps);
  const HankelEigen eigen(scaled.as_double());
  const auto values = eigen.values(1e-12);
  Spectrum spectrum = singular_spectrum(taps);
  spectrum.values[3].value.mantissa *= 1.001;
  spectrum.values[7].status = Status::undecided;
  prove_spectrum({scaled, eigen, values}, spectrum);
  CHECK(compare(spectrum, exact).outside == 0);
  CHECK(spectrum.values[3].status == Status::certified);
  CHECK(spectrum.values[7].status == Status::certified);
}

TEST_CASE("a proof finds vanishing values that LAPACK alone could not resolve") {
  Taps taps(64, 0.0);
  taps[0] = 0.25, taps[1] = -1;
  const auto spectrum = singular_spectrum(taps, {.vanishing = false, .certify = true});
  const auto& last = spectrum.values.back();
  CHECK(last.status == Status::certified);
  CHECK(std::fabs(last.value.log10() + 64 * std::log10(4)) < 0.1);  // σ_min is about 4^−64
  CHECK(compare(spectrum, tmm::test::exact_singular_values(taps)).outside == 0);
}
