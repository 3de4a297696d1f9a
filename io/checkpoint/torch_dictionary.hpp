// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/torch_tensor.hpp"
#include "io/pickle/pickle.hpp"

namespace tmm::io::torch {

/// What a file of torch.save says it holds.
struct Contents {
  std::string place;  ///< of the one dictionary of tensors, where it is not at the top: "state_dict"
  std::vector<Tensor> tensors;          ///< with their names
  std::vector<DatasetInfo> unreadable;  ///< tensors of kinds that are not understood (sparse, quantised)
  std::map<std::string, std::string> attributes;  ///< numbers, texts and booleans beside them, as text
  std::vector<LostMetadata> lost;                 ///< what else is beside them
};

/// Finds the state dictionary in what a pickle builds: the one dictionary with a tensor of floating-point
/// numbers of rank 1 or more, at the top or below keys that are texts. Where there are several, all of their
/// tensors, named after their place ("model.input_layer.weight", "ema.input_layer.weight"): these are copies
/// of a network, or parts of it, like those that stand in one dictionary. Values of other kinds beside the
/// tensors, and at the top, are attributes
/// ("iter_num") as far as they are plain; so are those of dictionaries "config", "model_args", "hparams" and
/// "hyper_parameters" at the top ("config.n_layer"). A lone tensor is called "tensor".
/// Throws FormatError: no such dictionary (a whole module, the state of an optimiser, …), with what to do; a
/// malformed tensor; one name twice.
Contents find_state(const pickle::Document& document, const std::string& file);

}  // namespace tmm::io::torch
