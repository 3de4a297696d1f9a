// SPDX-License-Identifier: MIT
// The full singular spectrum against LAPACK's dgesdd, values only, and the cost of its exact vanishing values
// against its own LAPACK part, and of proofs against both; one BLAS thread, the same OpenBLAS.
#include <fmt/core.h>

#include "analysis/base/lapack.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "analysis/symbols.hpp"
#include "model/base/blas_threads.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"
#include "timing.hpp"

namespace {

using tmm::analysis::singular_spectrum, tmm::bench::require, tmm::bench::shortest_time;

/// And checks the spectrum of tmm against its values.
double time_dgesdd(const std::vector<double>& taps) {
  const auto dense = tmm::model::CausalToeplitz(taps).dense();
  std::vector<double> sigma(taps.size());
  Eigen::MatrixXd work;
  const double seconds = shortest_time([&] {
    work = dense;  // destroyed by each call
    require(
        tmm::analysis::lapack::dgesdd_values(static_cast<int>(taps.size()), work.data(), sigma.data()) == 0,
        "dgesdd did not converge");
  });
  const auto ours = singular_spectrum(taps, {.vanishing = false}).values;
  require(ours.size() == sigma.size(), "the spectrum is not complete");
  for (std::size_t i = 0; i < sigma.size(); ++i)
    require(std::fabs(ours[i].value.to_double() - sigma[i]) <= 1e-11 * sigma[0],
            "the spectrum is not that of dgesdd");
  return seconds;
}

struct Cost {
  double lapack, full;
  std::size_t vanishing;
};

Cost measure(const std::vector<double>& taps) {
  Cost cost{};
  cost.lapack = shortest_time([&] { (void)singular_spectrum(taps, {.vanishing = false}); }, 0.05);
  cost.full = shortest_time([&] { (void)singular_spectrum(taps); }, 0.05);
  const auto spectrum = singular_spectrum(taps);
  using enum tmm::analysis::IdentityCheck::Outcome;
  require(spectrum.values.size() == taps.size() && spectrum.unresolved == 0, "the spectrum is not complete");
  require(spectrum.frobenius.outcome == held && spectrum.determinant.outcome == held,
          "the spectrum contradicts its identities");
  for (const auto& value : spectrum.values)
    cost.vanishing += value.method != tmm::analysis::SpectrumMethod::lapack ? 1 : 0;
  return cost;
}

void against_dgesdd() {
  fmt::print("LAPACK part alone against dgesdd, values only\n");
  fmt::print("{:>6} {:>14} {:>12} {:>8}\n", "n", "spectrum [ms]", "dgesdd [ms]", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U, 2048U}) {
    const auto taps = tmm::bench::initial_taps(n, 1);
    const double ours = shortest_time([&] { (void)singular_spectrum(taps, {.vanishing = false}); });
    const double lapack = time_dgesdd(taps);
    fmt::print("{:>6} {:>14.2f} {:>12.2f} {:>8.3f}\n", n, 1e3 * ours, 1e3 * lapack, ours / lapack);
  }
}

void vanishing_of_fresh_layers() {
  fmt::print("\nexact vanishing values, freshly initialised layers\n");
  fmt::print("{:>6} {:>12} {:>10} {:>10} {:>8}\n", "n", "LAPACK [ms]", "full [ms]", "vanishing", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U, 2048U}) {
    const Cost cost = measure(tmm::bench::initial_taps(n, 2));
    fmt::print("{:>6} {:>12.2f} {:>10.2f} {:>10} {:>8.2f}\n", n, 1e3 * cost.lapack, 1e3 * cost.full,
               cost.vanishing, cost.full / cost.lapack);
  }
}

void vanishing_of_trained_layers() {
  fmt::print("\nexact vanishing values, trained layers: full spectrum over its LAPACK part\n");
  fmt::print("{:>34} {:>7} {:>10} {:>8} {:>8}\n", "file", "layers", "vanishing", "median", "worst");
  std::vector<double> all;
  for (const char* file :
       {"clm_flat.h5", "clm_h4.h5", "copy_flat.h5", "ae_flat.h5", "copy_d512_n512_toeplitz_only.h5"}) {
    std::vector<double> ratios;
    std::size_t most = 0;
    for (const auto& layer : tmm::test::trained_operators(file)) {
      const Cost cost = measure(layer.taps);
      ratios.push_back(cost.full / cost.lapack);
      most = std::max(most, cost.vanishing);
    }
    if (ratios.empty()) {
      fmt::print("{:>34} is not here: not measured\n", file);
      continue;
    }
    all.insert(all.end(), ratios.begin(), ratios.end());
    fmt::print("{:>34} {:>7} {:>10} {:>8.2f} {:>8.2f}\n", file, ratios.size(), most,
               tmm::bench::median(ratios), *std::ranges::max_element(ratios));
  }
  if (!all.empty())
    fmt::print("{:>34} {:>7} {:>10} {:>8.2f} {:>8.2f}\n", "all", all.size(), "", tmm::bench::median(all),
               *std::ranges::max_element(all));
}

/// Whether every value is certified, and how many of them vanish.
std::size_t certified_vanishing(const std::vector<double>& taps) {
  std::size_t vanishing = 0;
  for (const auto& value : singular_spectrum(taps, {.certify = true}).values) {
    require(value.status == tmm::analysis::Status::certified, "a value is not certified");
    vanishing += value.method != tmm::analysis::SpectrumMethod::lapack ? 1 : 0;
  }
  return vanishing;
}

double ratio_of_proof(const std::vector<double>& taps) {
  const double plain = shortest_time([&] { (void)singular_spectrum(taps); }, 0.1);
  return shortest_time([&] { (void)singular_spectrum(taps, {.certify = true}); }, 0.1) / plain;
}

/// --certify over the spectrum alone: layers with one vanishing value and fresh ones, which have many.
void proofs() {
  fmt::print("\nproven spectrum over the same without proofs\n");
  fmt::print("{:>34} {:>7} {:>10} {:>8}\n", "", "n", "vanishing", "ratio");
  for (const std::size_t n : {256U, 512U, 1024U})
    for (const bool fresh : {false, true}) {
      auto taps = tmm::bench::initial_taps(n, 3);
      if (!fresh) {  // one zero deep inside, the others outside
        for (double& w : taps) w *= 0.03;
        taps[0] = 0.5, taps[1] = 2;
      }
      const std::size_t vanishing = certified_vanishing(taps);
      fmt::print("{:>34} {:>7} {:>10} {:>8.2f}\n", fresh ? "freshly initialised" : "one zero inside", n,
                 vanishing, ratio_of_proof(taps));
    }
  for (const char* file :
       {"clm_flat.h5", "clm_h4.h5", "copy_flat.h5", "ae_flat.h5", "copy_d512_n512_toeplitz_only.h5"}) {
    std::vector<double> ratios;
    std::size_t most = 0, n = 0;
    for (const auto& layer : tmm::test::trained_operators(file)) {
      n = layer.taps.size();
      most = std::max(most, certified_vanishing(layer.taps));
      ratios.push_back(ratio_of_proof(layer.taps));
    }
    if (!ratios.empty())
      fmt::print("{:>34} {:>7} {:>10} {:>8.2f} median, {:.2f} worst of {}\n", file, n, most,
                 tmm::bench::median(ratios), *std::ranges::max_element(ratios), ratios.size());
  }
}

/// 1.2^k, which has every zero on one circle and whose n vanishing values no basis shortens: not much slower
/// than others.
void geometric_weights() {
  constexpr std::size_t n = 2000;
  std::vector<double> taps(n);
  for (std::size_t k = 0; k < n; ++k) taps[k] = std::pow(1.2, static_cast<double>(k));
  const auto once = [](const std::vector<double>& weights) {
    const auto spectrum = singular_spectrum(weights);
    require(spectrum.values.size() == weights.size(), "the spectrum is not complete");
    return shortest_time([&] { (void)singular_spectrum(weights); }, 0.0);
  };
  const double ours = once(taps), fresh = once(tmm::bench::initial_taps(n, 3));
  fmt::print("\nfull spectrum of 1.2^k, n = {}: {:.2f} s, {:.1f} times a fresh layer's\n", n, ours,
             ours / fresh);
}

}  // namespace

int main() {
  const tmm::model::OneBlasThread one_thread;
  against_dgesdd();
  vanishing_of_fresh_layers();
  vanishing_of_trained_layers();
  proofs();
  geometric_weights();
}
