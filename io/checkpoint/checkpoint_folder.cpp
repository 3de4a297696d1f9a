// SPDX-License-Identifier: MIT
#include "io/checkpoint/checkpoint_folder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <regex>
#include <string_view>
#include <system_error>

#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_entries = 100'000;

/// Ends of names of files that may hold weights; the first four are the usual ones of model.*.
constexpr std::array<std::string_view, 10> endings{".safetensors.index.json",
                                                   ".bin.index.json",
                                                   ".safetensors",
                                                   ".h5",
                                                   ".hdf5",
                                                   ".bin",
                                                   ".pt",
                                                   ".pth",
                                                   ".ckpt",
                                                   ".npz"};

/// Begins of names of what stands beside weights by custom and holds none of a network.
constexpr std::array<std::string_view, 16> besides{
    "optimizer",     "scheduler",     "scaler",        "rng_state",
    "random_states", "training_args", "adapter_model", "custom_checkpoint",
    "sampler",       "dl_state_dict", "mp_rank",       "zero_pp_rank",
    "bf16_zero",     "state.h5",      "trajectory.h5", "."};

bool begins_with_one_of(std::string_view name, const auto& beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view start) { return name.starts_with(start); });
}

std::string_view ending_of(std::string_view name) {
  const auto ending =
      std::ranges::find_if(endings, [&](std::string_view end) { return name.ends_with(end); });
  return ending == endings.end() ? std::string_view() : *ending;
}

/// "model-00002-of-00003.safetensors"; the only one of one is whole.
bool is_shard(const std::string& name) {
  static const std::regex pattern(".*-[0-9]+-of-0*([0-9]+)\\.[^.]*");
  std::smatch match;
  return std::regex_match(name, match, pattern) && match[1] != "1";
}

bool may_be_weights(const std::string& name) {
  return !ending_of(name).empty() && !is_shard(name) && !begins_with_one_of(name, besides);
}

bool is_usual_name(std::string_view name) {
  name.remove_suffix(ending_of(name).size());
  // accelerate numbers the models of one training: model, model_1, …
  for (const std::string_view stem : {"pytorch_model", "model"})
    if (name == stem || (name.starts_with(stem) && name.substr(stem.size()).starts_with('_') &&
                         name.find_first_not_of("0123456789", stem.size() + 1) == std::string_view::npos))
      return true;
  return false;
}

/// The step of "checkpoint-250", "step_250" and the like.
std::optional<std::uint64_t> step_of(std::string_view name) {
  for (const std::string_view stem : {"checkpoint", "ckpt", "step"}) {
    if (!name.starts_with(stem)) continue;
    const std::string_view digits = name.substr(std::min(name.size(), stem.size() + 1));
    const char gap = name.size() > stem.size() ? name[stem.size()] : '\0';
    std::uint64_t step = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    if ((gap == '-' || gap == '_') && error == std::errc() && end == digits.data() + digits.size())
      return step;
  }
  return std::nullopt;
}

/// Names in a folder, sorted, and which of them are folders.
struct Listing {
  std::vector<std::string> files, folders;
};

Listing list(const std::string& path) {
  Listing listing;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code unknown;  // a link to nowhere is no folder; whoever opens it says what it is
    auto& names = entry->is_directory(unknown) ? listing.folders : listing.files;
    names.push_back(entry->path().filename().string());
    if (listing.files.size() + listing.folders.size() > most_entries)
      throw FileError("too many files in this folder", {path, "", "at most 100000", "", ""});
  }
  if (error) throw FileError("cannot list this folder: " + error.message(), {path, "", "", "", ""});
  std::ranges::sort(listing.files);
  std::ranges::sort(listing.folders);
  return listing;
}

/// Files that may be the weights of `folder`: those of the usual names, or else all others.
std::vector<std::string> weights_among(const std::string& folder, const std::vector<std::string>& files,
                                       bool& usual) {
  std::vector<std::string> found, others;
  for (const std::string& name : files)
    if (may_be_weights(name))
      (is_usual_name(name) ? found : others).push_back((fs::path(folder) / name).string());
  usual = !found.empty();
  return usual ? found : others;
}

/// "A, B and 3 more", by their names below `folder`.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + model::printable(names[i]);
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

std::string below(const std::string& folder, const std::string& path) {
  return fs::path(path).lexically_relative(folder).string();
}

[[noreturn]] void ask_which(const std::string& folder, const std::vector<std::string>& candidates) {
  std::vector<std::string> names;
  for (const std::string& path : candidates) names.push_back(below(folder, path));
  throw FileError("more than one file of this folder could be the checkpoint",
                  {folder, "", "", "", "Name one of them: " + listed(names)});
}

constexpr const char* distributed_advice =
    "Make it one file, in Python: torch.distributed.checkpoint.format_utils.dcp_to_torch_save(FOLDER, FILE), "
    "then its state dict safetensors";

/// A file that by its name is a part of a checkpoint: its content would pass for a whole one.
void require_whole(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  if (name.ends_with(".distcp") || name == ".metadata")
    throw FileError("a part of a checkpoint, not all of it",
                    {path, "", "", "a piece of torch.distributed.checkpoint", distributed_advice});
  if (name.starts_with("pytorch_model-") && is_shard(name))
    throw FileError("this is one shard of a checkpoint, not all of it",
                    {path, "", "the index of the shards", "", "Name pytorch_model.bin.index.json beside it"});
}

struct Foreign {
  std::string what, hint;
};

/// What a folder without weights holds instead; nothing that is known gives no name.
Foreign foreign_content(const std::string& path, const Listing& listing) {
  const auto any = [&](const auto& test) { return std::ranges::any_of(listing.files, test); };
  bool distributed = any([](const std::string& name) { return name.ends_with(".distcp"); });
  for (const std::string& folder : listing.folders)  // FSDP's pytorch_model_fsdp_0
    if (folder.find("fsdp") != std::string::npos)
      distributed = distributed || std::ranges::any_of(list((fs::path(path) / folder).string()).files,
                                                       [](const auto& f) { return f.ends_with(".distcp"); });
  if (distributed) return {"a folder of torch.distributed.checkpoint", distributed_advice};
  if (any([](const auto& name) { return name == "zero_to_fp32.py" || name.ends_with("_model_states.pt"); }))
    return {"a checkpoint of DeepSpeed, cut into pieces by process",
            "Join its weights with the script that DeepSpeed leaves beside them: python zero_to_fp32.py "
            "FOLDER OUTPUT"};
  if (any(is_shard))
    return {"shards without their index",
            "The index (model.safetensors.index.json or the like) belongs beside them: fetch it"};
  if (any([](const auto& name) { return name.starts_with("adapter_model"); }))
    return {"an adapter of PEFT without the network that it changes",
            "Merge it into its network, in Python: model.merge_and_unload().save_pretrained(FOLDER)"};
  if (listing.files.empty() && listing.folders.empty()) return {"an empty folder", ""};
  std::vector<std::string> names = listing.files;
  for (const std::string& folder : listing.folders) names.push_back(folder + "/");
  return {listed(names),
          "A checkpoint's folder has weights (model.safetensors, pytorch_model.bin, model.h5, "
          "…) or checkpoints by step (checkpoint-500)"};
}

[[noreturn]] void refuse(const std::string& path, const std::string& what, const Listing& listing) {
  const Foreign foreign = foreign_content(path, listing);
  throw FileError(what, {path, "", "", foreign.what, foreign.hint});
}

std::string steps_in_words(const CheckpointFolder& folder) {
  const std::size_t count = folder.steps.size();
  if (count == 1) return "1 checkpoint (step " + std::to_string(folder.steps.front().step) + ")";
  return std::to_string(count) + " checkpoints (steps " + std::to_string(folder.steps.front().step) + " to " +
         std::to_string(folder.steps.back().step) + ")";
}

ChosenCheckpoint newest(const CheckpointFolder& folder) {
  std::vector<std::string> without;
  for (auto step = folder.steps.rbegin(); step != folder.steps.rend(); ++step) {
    if (step->weights.empty()) {
      without.push_back(step->entry);
      continue;
    }
    if (const auto next = std::next(step); next != folder.steps.rend() && next->step == step->step)
      throw FileError("two checkpoints of one step",
                      {folder.path, "", "", "", "Name one of them: " + next->entry + ", " + step->entry});
    ChosenCheckpoint chosen{weights_of(folder, *step), folder.path, "", folder.steps.size() > 1};
    chosen.taken = below(folder.path, chosen.path) + ", the newest of " + steps_in_words(folder);
    if (!without.empty()) chosen.taken += " that has weights (" + listed(without) + ": none)";
    return chosen;
  }
  throw FileError("no checkpoint of this run has weights",
                  {folder.path, "", "", listed(without), "Was the run stopped while it wrote them?"});
}

}  // namespace

CheckpointFolder list_checkpoint_folder(const std::string& path) {
  const Listing listing = list(path);
  CheckpointFolder folder{path, {}, false, {}};
  std::vector<std::string> others;
  for (const std::string& name : listing.files) {
    const auto step = step_of(std::string_view(name).substr(0, name.size() - ending_of(name).size()));
    if (step && may_be_weights(name))
      folder.steps.push_back({*step, name, {(fs::path(path) / name).string()}});
    else
      others.push_back(name);
  }
  folder.weights = weights_among(path, others, folder.usual_name);
  for (const std::string& name : listing.folders) {
    const auto step = step_of(name);
    if (!step) continue;
    bool usual = false;
    const std::string inside = (fs::path(path) / name).string();
    folder.steps.push_back({*step, name, weights_among(inside, list(inside).files, usual)});
  }
  std::ranges::stable_sort(folder.steps, {}, &StepCheckpoint::step);
  return folder;
}

ChosenCheckpoint choose_checkpoint(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    require_whole(path);
    return {path, "", "", false};
  }
  const CheckpointFolder folder = list_checkpoint_folder(path);
  if (folder.is_run() && !folder.usual_name) return newest(folder);
  if (folder.weights.size() > 1) ask_which(path, folder.weights);
  if (folder.weights.empty()) refuse(path, "no checkpoint in this folder", list(path));
  ChosenCheckpoint chosen{folder.weights.front(), path, "", folder.is_run()};
  chosen.taken = below(path, chosen.path);
  if (folder.is_run()) chosen.taken += ", the folder's own; beside it " + steps_in_words(folder);
  return chosen;
}

std::string weights_of(const CheckpointFolder& folder, const StepCheckpoint& step) {
  const std::string path = (fs::path(folder.path) / step.entry).string();
  if (step.weights.size() > 1) ask_which(path, step.weights);
  if (step.weights.empty()) refuse(path, "no weights in this checkpoint", list(path));
  return step.weights.front();
}

std::vector<std::string> files_of_checkpoint_folder(const std::string& path) {
  constexpr std::array<std::string_view, 4> beside{"trainer_state.json", "config.json", "metrics.json",
                                                   "metrics.csv"};
  std::vector<std::string> files;
  try {
    const CheckpointFolder folder = list_checkpoint_folder(path);
    files = folder.weights;
    for (const std::string_view name : beside) files.push_back((fs::path(path) / name).string());
    for (const StepCheckpoint& step : folder.steps) {
      files.insert(files.end(), step.weights.begin(), step.weights.end());
      for (const std::string_view name : beside)
        files.push_back((fs::path(path) / step.entry / name).string());
    }
  } catch (const Error&) {
    return {};  // its reader will say what is wrong with it
  }
  return files;
}

}  // namespace tmm::io
