// SPDX-License-Identifier: MIT
#include "io/tokens/tokens.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "io/files/file_form.hpp"
#include "io/files/input_file.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::io {
namespace {

bool is_text(const InputFile& file) {
  const std::string start = file.read(0, 4096);
  return std::all_of(start.begin(), start.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t' || c == '\r';
  });
}

/// What a file without a header is made of. Raw numbers have no first bytes to be known by: the user says so,
/// or the name does.
RawInteger raw_type(const InputFile& file, const std::optional<RawInteger>& type) {
  if (file.size() == 0) throw FormatError("file is empty", {file.path(), "", "token ids", "0 bytes", ""});
  if (const auto form = !type || is_lfs_pointer(file) ? foreign_form(file) : std::nullopt)
    throw FormatError("not a file of tokens",
                      {file.path(), "", "HDF5, .npy, or raw numbers", form->name, form->advice});
  if (type) return *type;
  if (is_text(file))
    throw FormatError("not a file of tokens",
                      {file.path(), "", "HDF5, .npy, or raw numbers", "text", "Read text with --text"});
  if (std::filesystem::path(file.path()).extension() == ".bin") return RawInteger::uint16;
  throw FormatError(
      "not a file of tokens",
      {file.path(), "", "HDF5, .npy, or raw numbers in a file named .bin", "raw numbers, it seems",
       "Say what they are: --token-type uint16 (or uint8, uint32, int32, int64)"});
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

/// The integers of a file of any form, the name of their dataset, and both in words.
struct Integers {
  Array<std::int64_t> array;
  std::string dataset, source;
};

Integers read_integers(const InputFile& file, const TokenFile& how) {
  if (has_hdf5_signature(file)) {
    if (how.type)
      throw ArgumentError("this file says itself what its numbers are",
                          {file.path(), "--token-type", "a file of raw numbers", "HDF5", ""});
    const std::string name = choose_dataset(file, how.dataset);
    return {read_array<std::int64_t>(file, name), name, file.path() + ": " + model::printable(name)};
  }
  if (how.dataset)
    throw ArgumentError("only HDF5 has datasets", {file.path(), "--dataset", "an HDF5 file", "", ""});
  if (is_npy(file) && !how.type) return {read_npy_integers(file), "", file.path() + ": numpy array"};
  const RawInteger type = raw_type(file, how.type);
  auto values = read_raw_integers(file, type);
  const std::vector<std::size_t> shape{values.size()};
  return {{shape, std::move(values)}, "", file.path() + ": raw " + std::string(name(type))};
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

/// The token at `i` is none. If all such are one number, that may be padding.
[[noreturn]] void fail_foreign(ErrorContext context, const std::vector<std::int64_t>& ids, std::size_t i,
                               std::size_t row_length, std::size_t vocabulary) {
  const std::int64_t id = ids[i];
  const bool alone = std::ranges::all_of(ids, [&](std::int64_t other) {
    return other == id || (other >= 0 && other < static_cast<std::int64_t>(vocabulary));
  });
  context.expected = "0 to " + std::to_string(vocabulary - 1);
  context.found =
      std::to_string(id) + " at position " +
      (row_length == 0 ? std::to_string(i)
                       : std::to_string(i % row_length) + " of row " + std::to_string(i / row_length));
  if (alone) context.hint = "If that is padding: --ignore-id " + std::to_string(id);
  throw FormatError(id < 0 ? "a negative token" : "a token outside the vocabulary", std::move(context));
}

/// Takes the last column of rows of n + 1 tokens off `ids`.
void drop_last_column(std::vector<std::int32_t>& ids, std::size_t columns) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (i % columns != columns - 1) ids[kept++] = ids[i];
  ids.resize(kept);
}

/// Padding outside of the vocabulary becomes 0 among the inputs, where it cannot change a loss.
void replace_padding(const Tokens& tokens, model::Objective objective, SequenceSet& set) {
  for (std::size_t i = 0; i < set.ids.size(); ++i) {
    if (set.ids[i] != *tokens.ignored) {
      if (i % set.length != 0 && set.ids[i - 1] == *tokens.ignored)
        throw FormatError(
            "padding that is no token stands before a token",
            {tokens.source, "", "padding at the end of a sequence, or an id below v",
             std::to_string(*tokens.ignored) + " at position " + std::to_string(i % set.length - 1) +
                 " of sequence " + std::to_string(i / set.length),
             ""});
      continue;
    }
    if (objective == model::Objective::autoencoder)
      throw FormatError(
          "an autoencoder reads all of its input, also padding",
          {tokens.source, "", "padding that is a token, below v", std::to_string(*tokens.ignored), ""});
  }
  std::ranges::replace(set.ids, *tokens.ignored, 0);
}

/// Labels of sequences whose padding is nobody's label, or whose rows have one more token than inputs.
void add_labels(const Tokens& tokens, std::size_t vocabulary, model::Objective objective, bool labelled,
                SequenceSet& set) {
  set.labels = model::make_labels(set.ids, set.length, objective);
  if (labelled) {  // the labels of the first n positions; the last one has none
    drop_last_column(set.labels, set.length);
    drop_last_column(set.ids, set.length);
    --set.length;
  }
  if (!tokens.ignored) return;
  std::ranges::replace(set.labels, *tokens.ignored, model::ignored_label);
  if (std::ranges::all_of(set.labels, [](std::int32_t label) { return label == model::ignored_label; }))
    throw FormatError("nothing is left to predict",
                      {tokens.source, "", "labels besides padding", std::to_string(*tokens.ignored), ""});
  if (*tokens.ignored < 0 || static_cast<std::size_t>(*tokens.ignored) >= vocabulary)
    replace_padding(tokens, objective, set);
}

}  // namespace

Tokens read_tokens(const std::string& path, std::size_t vocabulary, const TokenFile& how) {
  const InputFile file(path);
  const auto [array, name, source] = read_integers(file, how);
  if (array.shape.empty() || array.shape.size() > 2 || array.values.empty())
    throw FormatError("wrong shape of a token dataset", {path, name, "(N) or (sequences, tokens), not empty",
                                                         model::format_shape(array.shape), ""});
  Tokens tokens{source, {}, array.shape.size() == 2 ? array.shape[1] : 0, how.ignored};
  tokens.ids.reserve(array.values.size());
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::int64_t id = array.values[i];
    const bool known = id >= 0 && id < static_cast<std::int64_t>(vocabulary);
    if (!known && !(how.ignored && id == *how.ignored))
      fail_foreign({path, name, "", "", ""}, array.values, i, tokens.row_length, vocabulary);
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
  const bool rows = tokens.row_length != 0;
  const bool labelled = rows && objective == model::Objective::clm && tokens.row_length == n + 1;
  const std::size_t most = twice ? n / 2 : labelled ? n + 1 : n;
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
  if (labelled || tokens.ignored) add_labels(tokens, architecture.vocabulary, objective, labelled, set);
  return set;
}

model::TokenBatch make_batch(const SequenceSet& set, std::size_t first, std::size_t count,
                             model::Objective objective) {
  const auto begin = set.ids.begin() + static_cast<std::ptrdiff_t>(first * set.length);
  model::TokenBatch batch{count, {begin, begin + static_cast<std::ptrdiff_t>(count * set.length)}, {}};
  if (set.labels.empty()) {
    batch.labels = model::make_labels(batch.ids, set.length, objective);
  } else {
    const auto labels = set.labels.begin() + static_cast<std::ptrdiff_t>(first * set.length);
    batch.labels.assign(labels, labels + static_cast<std::ptrdiff_t>(count * set.length));
  }
  return batch;
}

}  // namespace tmm::io
