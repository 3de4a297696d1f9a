// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tmm::model {

/// Tensor names of one file without what wrappers have put around the network's own names.
struct UnwrappedNames {
  std::vector<std::string> names;  ///< one for each given name, in its order
  std::string container;  ///< what was taken off the front of the network's names: "model.", or empty
  std::set<std::string> wrappers;  ///< what was taken off wherever it stood: "_orig_mod.", "module."
};

/// Takes wrappers off:
///   torch.compile, data parallelism, FSDP and activation checkpointing leave a component in a name, wherever
///   the wrapped module sits ("_orig_mod", "module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"):
///   gone from every name;
///   a trainer, PEFT or a moving average stores the whole network below a name ("model.", "net.",
///   "state_dict.", "ema_model.", "base_model.model.", …): gone where it is the only thing that stands before
///   a list of blocks. Where there are several, or one that is no such name ("grad."), or blocks at the top
///   as well, all names stay: which of them is the network is not for this function to say.
UnwrappedNames unwrap_names(std::span<const std::string> names);

/// What stands before the block list in `name`, with its dot: "ema." of "ema.mixer_blocks.0.token_norm.bias";
/// empty at the top and for names outside of blocks.
std::string_view block_container(std::string_view name);

/// What stands before block lists among unwrapped names, one for every copy of a network: "" for the top,
/// "ema.", …
std::set<std::string> network_copies(std::span<const std::string> names);

/// What a user calls a copy as network_copies has it: with a dot at its end, without wrappers; "" for "top".
std::string copy_prefix(std::string_view copy);

/// The unwrapped names that belong to the copy below `prefix` and to no other; none if it has no blocks.
std::vector<std::string> names_of_copy(std::span<const std::string> names, const std::string& prefix);

}  // namespace tmm::model
