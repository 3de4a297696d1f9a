// SPDX-License-Identifier: MIT
#include "io/tokens/tokens.hpp"

#include <algorithm>

#include "io/files/file_form.hpp"
#include "io/files/input_file.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

/// Raw numbers and text have no first bytes to be known by.
void require_token_file(const InputFile& file) {
  if (file.size() == 0 || has_hdf5_signature(file) || foreign_form(file)) return;  // or the reader says so
  const std::string start = file.read(0, 4096);
  const bool text = std::all_of(start.begin(), start.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t' || c == '\r';
  });
  if (text)
    throw FormatError("not an HDF5 file",
                      {file.path(), "", "token ids in HDF5", "text", "Read text with --text"});
  throw FormatError(
      "not an HDF5 file",
      {file.path(), "", "token ids in HDF5", "raw numbers, perhaps the uint16 tokens of nanoGPT",
       "Write them into HDF5, in Python:\n  import h5py, numpy\n  with h5py.File(\"tokens.h5\", "
       "\"w\") as f: f[\"tokens\"] = numpy.fromfile(\"train.bin\", numpy.uint16)"});
}

std::string choose_dataset(const InputFile& file, const std::optional<std::string>& wanted) {
  const auto there = list_arrays(file);
  const auto has = [&](const std::string& name) {
    return std::find(there.begin(), there.end(), name) != there.end();
  };
  if (wanted && has(*wanted)) return *wanted;
  if (!wanted) {
    for (const char* name : {"tokens", "input_ids"})
      if (has(name)) return name;
    if (there.size() == 1) return there.front();
  }
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(12, there.size()); ++i)
    list += "\n  " + model::printable(there[i]);
  if (there.empty()) list = " no dataset at all";
  throw FormatError(wanted ? "no dataset \"" + model::printable(*wanted) + "\"" : "no dataset of tokens",
                    {file.path(), "", "", "",
                     (wanted ? "" : "Name one of these with --dataset, or name it \"tokens\":") + list});
}

/// Rows that are one thing twice: what the copy task looks like when it is written out.
bool doubled_already(const Tokens& tokens) {
  const std::size_t m = tokens.row_length, half = m / 2;
  if (m == 0 || m % 2 != 0) return false;
  for (auto row = tokens.ids.begin(); row != tokens.ids.end(); row += static_cast<std::ptrdiff_t>(m))
    if (!std::equal(row, row + static_cast<std::ptrdiff_t>(half), row + static_cast<std::ptrdiff_t>(half)))
      return false;
  return true;
}

void require_length(const Tokens& tokens, std::size_t length, std::size_t least, std::size_t most,
                    const char* hint) {
  if (length >= least && length <= most) return;
  throw FormatError(length < least ? "too short" : "sequences longer than the network's context",
                    {tokens.source, "", std::to_string(least) + " to " + std::to_string(most) + " tokens",
                     std::to_string(length), hint});
}

}  // namespace

Tokens read_tokens(const std::string& path, std::size_t vocabulary,
                   const std::optional<std::string>& dataset) {
  const InputFile file(path);
  require_token_file(file);
  const std::string name = choose_dataset(file, dataset);
  const auto array = read_array<std::int64_t>(file, name);
  if (array.shape.empty() || array.shape.size() > 2 || array.values.empty())
    throw FormatError("wrong shape of a token dataset", {path, name, "(N) or (sequences, tokens), not empty",
                                                         model::format_shape(array.shape), ""});
  Tokens tokens{path + ": " + model::printable(name), {}, array.shape.size() == 2 ? array.shape[1] : 0};
  tokens.ids.reserve(array.values.size());
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::int64_t id = array.values[i];
    if (id < 0 || id >= static_cast<std::int64_t>(vocabulary)) {
      const std::size_t m = tokens.row_length;
      const std::string place =
          m == 0 ? "at position " + std::to_string(i)
                 : "at position " + std::to_string(i % m) + " of row " + std::to_string(i / m);
      throw FormatError(
          id < 0 ? "a negative token" : "a token outside the vocabulary",
          {path, name, "0 to " + std::to_string(vocabulary - 1), std::to_string(id) + " " + place, ""});
    }
    tokens.ids.push_back(static_cast<std::int32_t>(id));
  }
  return tokens;
}

Tokens read_text(const std::vector<std::string>& paths, std::size_t vocabulary) {
  if (vocabulary != 256)
    throw ArgumentError("text is read byte by byte, which takes a vocabulary of 256",
                        {paths.front(), "", "v = 256", "v = " + std::to_string(vocabulary),
                         "Encode the text with the model's own tokeniser and pass --tokens"});
  constexpr std::size_t piece = std::size_t{1} << 20;
  Tokens tokens{paths.size() == 1 ? paths.front()
                                  : paths.front() + " and " + std::to_string(paths.size() - 1) + " more",
                {},
                0};
  for (const std::string& path : paths) {
    const InputFile file(path);
    if (is_lfs_pointer(file))
      throw FormatError("a git-lfs pointer, not the text itself",
                        {path, "", "", "", "Fetch the file: git lfs pull"});
    if (file.size() == 0) throw FormatError("the text is empty", {path, "", "", "", ""});
    for (std::uint64_t at = 0; at < file.size(); at += piece)
      for (const char c : file.read(at, piece)) tokens.ids.push_back(static_cast<unsigned char>(c));
  }
  return tokens;
}

SequenceSet cut_sequences(const Tokens& tokens, const model::Architecture& architecture,
                          model::Objective objective) {
  const std::size_t n = architecture.context, least = objective == model::Objective::autoencoder ? 1 : 2;
  const bool twice = objective == model::Objective::copy && !doubled_already(tokens);
  const std::size_t most = twice ? n / 2 : n;
  const bool rows = tokens.row_length != 0;
  const std::size_t piece = rows ? tokens.row_length : std::min(most, tokens.ids.size());
  require_length(tokens, piece, twice ? 1 : least, most,
                 twice ? "The copy task writes every sequence twice" : "");
  SequenceSet set;
  set.length = twice ? 2 * piece : piece;
  const std::size_t count = tokens.ids.size() / piece;
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = tokens.ids.begin() + static_cast<std::ptrdiff_t>(i * piece);
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy)
      set.ids.insert(set.ids.end(), first, first + static_cast<std::ptrdiff_t>(piece));
  }
  set.left_out = tokens.ids.size() - count * piece;
  return set;
}

model::TokenBatch make_batch(const SequenceSet& set, std::size_t first, std::size_t count,
                             model::Objective objective) {
  const auto begin = set.ids.begin() + static_cast<std::ptrdiff_t>(first * set.length);
  model::TokenBatch batch{count, {begin, begin + static_cast<std::ptrdiff_t>(count * set.length)}, {}};
  batch.labels = model::make_labels(batch.ids, set.length, objective);
  return batch;
}

}  // namespace tmm::io
