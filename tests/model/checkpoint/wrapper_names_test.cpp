// SPDX-License-Identifier: MIT
#include "model/checkpoint/wrapper_names.hpp"

#include <catch2/catch.hpp>

using namespace tmm;
using Names = std::vector<std::string>;

namespace {

const std::string weight = "mixer_blocks.0.token_mixing_layer.weight";

model::UnwrappedNames unwrap(const Names& names) {
  return model::unwrap_names(names);
}

}  // namespace

TEST_CASE("transparent wrappers come off wherever they stand, the container where all blocks share it") {
  const auto [prefix, container] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"_orig_mod.", ""},
      {"module._orig_mod.", ""},
      {"_fsdp_wrapped_module._checkpoint_wrapped_module.", ""},
      {"model.", "model."},
      {"net.", "net."},
      {"state_dict.", "state_dict."},
      {"ema_model.", "ema_model."},
      {"base_model.model.", "base_model.model."},
      {"state_dict.model._orig_mod.", "state_dict.model."},
      {"module.model.", "model."},
  }));
  CAPTURE(prefix);
  const auto found = unwrap({prefix + weight, prefix + "input_layer.weight", "step"});
  CHECK(found.names == Names{weight, "input_layer.weight", "step"});
  CHECK(found.container == container);
}

TEST_CASE("wrappers inside of a path come off and are told once") {
  const auto found =
      unwrap({"mixer_blocks.0._orig_mod.token_mixing_layer.weight",
              "mixer_blocks.1._fsdp_wrapped_module._checkpoint_wrapped_module.token_mixing_layer.weight",
              "mixer_blocks.1.token_mixing_layer.module.bias"});
  CHECK(found.names ==
        Names{weight, "mixer_blocks.1.token_mixing_layer.weight", "mixer_blocks.1.token_mixing_layer.bias"});
  CHECK(found.container.empty());
  CHECK(found.wrappers == std::set<std::string>{"_orig_mod.", "_fsdp_wrapped_module.",
                                                "_checkpoint_wrapped_module.", "module."});
}

TEST_CASE("names stay where it is not plain which blocks are the network") {
  for (const Names& names : {Names{"model." + weight, "ema_model." + weight},  // two copies, none at the top
                             Names{weight, "ema." + weight},                   // the top, and a copy
                             Names{"grad." + weight}, Names{"0." + weight, "100." + weight},
                             Names{"200." + weight}, Names{"model.conv.weight", "net.x"}, Names{"module"}}) {
    const auto found = unwrap(names);
    CHECK(found.names == names);
    CHECK(found.container.empty());
  }
}

TEST_CASE("the names of one copy of a network are those below its name and below no other copy's") {
  const Names names{weight, "ema." + weight, "ema.input_layer.weight", "ema.slow." + weight, "step"};
  CHECK(model::network_copies(names) == std::set<std::string>{"", "ema.", "ema.slow."});
  CHECK(model::names_of_copy(names, "") == Names{weight, "step"});
  CHECK(model::names_of_copy(names, "ema.") == Names{"ema." + weight, "ema.input_layer.weight"});
  CHECK(model::names_of_copy(names, "ema.slow.") == Names{"ema.slow." + weight});
  CHECK(model::names_of_copy(names, "slow.").empty());
  CHECK(model::copy_prefix("top").empty());
  CHECK(model::copy_prefix("ema") == "ema.");
  CHECK(model::copy_prefix("module.ema._orig_mod.") == "ema.");
}

TEST_CASE("the container is what stands before a list of blocks") {
  CHECK(model::block_container("ema.module.mixer_blocks.3.token_norm.bias") == "ema.module.");
  CHECK(model::block_container("decoderblocks.3.token_norm.bias").empty());
  CHECK(model::block_container("ema.input_layer.weight").empty());
  CHECK(model::block_container("xmixer_blocks.0.a").empty());
  CHECK(model::block_container("a.mixer_blocks.x.a").empty());
  CHECK(model::block_container("").empty());
}
