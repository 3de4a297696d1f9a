// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/generation/cached_pass.hpp"
#include "model/generation/whole_logits.hpp"
#include "support.hpp"

using namespace tmm;

namespace {

template <class T>
double largest_gap(const model::StateDict& state, const model::Assumptions& assumed,
                   const std::vector<std::int32_t>& ids) {
  const auto network = model::load_network<T>(state, assumed);
  const auto wanted = test::whole_pass<T>(network, ids);
  double gap = 0;
  for (const std::size_t m : {std::size_t{1}, ids.size() / 2}) {
    model::CachedPass<T> pass(network);
    test::Gap<T> here;
    here.add(pass.start(std::span(ids).first(m), ids.size()), wanted[m - 1]);
    for (std::size_t t = m; t < ids.size(); ++t) here.add(pass.step(ids[t]), wanted[t]);
    gap = std::max(gap, here.relative());
  }
  return gap;
}

}  // namespace

TEST_CASE("cached and uncached logits of every reference model agree at every position of its sequence") {
  for (const std::string name :
       {"families/e001_clm_s1.safetensors", "families/e010_mean_clm_s1.safetensors",
        "families/e010_nomean_clm_s1.safetensors", "families/ema_clm_s1.safetensors",
        "families/repeat_clm_s1.safetensors", "reference/variants/expanded.h5", "reference/variants/flat.h5",
        "reference/variants/heads.h5", "reference/variants/heads_expanded.h5", "reference/variants/kernel.h5",
        "reference/variants/tied.h5"}) {
    CAPTURE(name);
    const std::string file = test::shared_file(name);
    if (file.empty()) {
      WARN("the reference models are not here");
      return;
    }
    const std::string golden = file.substr(0, file.rfind('.')) + ".golden.h5";
    const auto stored = io::read_array<std::int64_t>(golden, "input_ids");
    const auto length = static_cast<std::ptrdiff_t>(stored.shape[1]);
    const std::vector<std::int32_t> ids(stored.values.begin(), stored.values.begin() + length);
    const auto state = io::read_checkpoint(file);
    model::Assumptions assumed;
    assumed.contradictions = model::Contradictions::assume_toeplitz;
    if (name.find("_mean") != std::string::npos)
      assumed.mean_normalised = model::Answer<bool>{true, "its name"};
    CHECK(largest_gap<double>(state, assumed, ids) < 1e-12);
    CHECK(largest_gap<float>(state, assumed, ids) < 1e-5);
  }
}
