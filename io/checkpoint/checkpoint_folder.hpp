// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tmm::io {

/// One checkpoint of a run, named by its step: the folder checkpoint-250 (weights in it), or the file
/// step_250.safetensors.
struct StepCheckpoint {
  std::uint64_t step = 0;
  std::string entry;                 ///< its name in the run's folder
  std::vector<std::string> weights;  ///< paths of the files that may be its weights; one, if all is well
};

/// What a folder that is named as a checkpoint holds, by names alone: no file is opened.
///
/// Weights of a folder are the file called model.* or pytorch_model.* (safetensors, HDF5, torch.save, or the
/// index of shards); where none is, the one file whose name ends as those of checkpoints do. Files that stand
/// beside weights by custom (optimiser, scheduler, random states, arguments, adapters, single shards) are
/// none.
struct CheckpointFolder {
  std::string path;
  std::vector<std::string> weights;   ///< of the folder itself, in name order
  bool usual_name = false;            ///< of these: model.* or pytorch_model.*
  std::vector<StepCheckpoint> steps;  ///< ascending; names checkpoint-STEP, checkpoint_STEP, step-STEP, …

  /// Whether its checkpoints are the way of one training: those of at least one step.
  [[nodiscard]] bool is_run() const { return !steps.empty(); }
};

/// Throws FileError if the folder cannot be listed or has more than 100,000 entries.
CheckpointFolder list_checkpoint_folder(const std::string& path);

/// The file that a checkpoint's name stands for.
struct ChosenCheckpoint {
  std::string path;     ///< of the file to open
  std::string folder;   ///< as it was named; empty if a file was named
  std::string taken;    ///< in words, what of the folder was taken; empty if a file was named
  bool choice = false;  ///< there was something else to take: every output must say `taken`
};

/// A file stands for itself. A folder stands for its own weights; without any, for those of its newest
/// checkpoint that has some. Throws FileError: nothing that is a checkpoint (saying what is there instead:
/// torch.distributed.checkpoint, DeepSpeed, shards without their index, an adapter alone, an empty folder),
/// or more than one thing that could be meant (listing them).
ChosenCheckpoint choose_checkpoint(const std::string& path);

/// The weights of one step. Throws FileError as choose_checkpoint does: none, or more than one.
std::string weights_of(const CheckpointFolder& folder, const StepCheckpoint& step);

/// Files in a folder, and in those of its steps, that commands may read as part of a checkpoint: weights,
/// configurations, states of the trainer; existing or not.
std::vector<std::string> files_of_checkpoint_folder(const std::string& path);

}  // namespace tmm::io
