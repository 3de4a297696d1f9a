// SPDX-License-Identifier: MIT
#include "io/checkpoint/numpy_checkpoint.hpp"

#include <algorithm>
#include <utility>

#include "io/checkpoint/strided.hpp"
#include "io/files/memory_limit.hpp"
#include "io/json/json_text.hpp"
#include "io/numpy/npy_header.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using Entry = ZipArchive::Entry;

constexpr std::string_view suffix = ".npy";
constexpr std::size_t usual_header = 512;  // numpy writes 128 bytes

/// Puts the numbers of an array, as its file has them, into row-major order and this machine's byte order.
void arrange(const numpy::Header& header, std::vector<std::byte> stored, std::span<std::byte> into) {
  if (header.big_endian) numpy::swap_bytes(stored, header.info.element_size);
  if (into.empty()) return;
  std::vector<std::uint64_t> strides;
  for (std::uint64_t stride = 1; const std::size_t extent : header.info.shape)
    strides.push_back(std::exchange(stride, stride * extent));
  if (header.fortran_order)
    gather(header.info.shape, strides, header.info.element_size, stored, into);
  else
    std::copy(stored.begin(), stored.end(), into.begin());
}

bool is_arranged(const numpy::Header& header) {
  return !header.big_endian && (!header.fortran_order || header.info.shape.size() < 2);
}

class NpyCheckpoint : public TensorSource {
 public:
  NpyCheckpoint(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets,
                numpy::Header array)
      : TensorSource(std::move(header), std::move(files), datasets), array_(std::move(array)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    const auto file = files().at(0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::span<std::byte> into = sink(i);
      if (is_arranged(array_)) {
        file->read_exactly(array_.offset, into);
        continue;
      }
      require_memory(2 * array_.info.bytes(), header().path);
      std::vector<std::byte> stored(array_.info.bytes());
      file->read_exactly(array_.offset, stored);
      arrange(array_, std::move(stored), into);
    }
    file->require_unchanged();
  }

  numpy::Header array_;
};

struct NpzArray {
  const Entry* entry = nullptr;
  numpy::Header header;
};

class NpzCheckpoint : public TensorSource {
 public:
  NpzCheckpoint(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets,
                std::map<std::string, NpzArray> arrays, std::shared_ptr<const ZipArchive> archive)
      : TensorSource(std::move(header), std::move(files), datasets),
        arrays_(std::move(arrays)),
        archive_(std::move(archive)) {}

 private:
  void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const override {
    std::vector<const Entry*> entries;
    std::vector<const numpy::Header*> headers;
    for (const DatasetInfo& info : wanted) {
      const NpzArray& array = arrays_.at(info.path);
      entries.push_back(array.entry);
      headers.push_back(&array.header);
      if (!is_arranged(array.header)) require_memory(2 * array.header.info.bytes(), header().path);
    }
    std::span<std::byte> into;
    std::vector<std::byte> stored;  // where the numbers must be moved before they go there
    archive_->stream(entries, [&](std::size_t k, std::uint64_t from, std::span<const std::byte> piece) {
      const numpy::Header& array = *headers[k];
      const std::uint64_t end = from + piece.size();
      if (from == 0) {
        into = sink(k);
        stored.assign(is_arranged(array) ? 0 : array.info.bytes(), std::byte{0});
      }
      const std::span<std::byte> numbers = is_arranged(array) ? into : std::span(stored);
      const std::uint64_t first = std::max(from, array.offset);
      if (first < end)
        std::copy(piece.begin() + static_cast<std::ptrdiff_t>(first - from), piece.end(),
                  numbers.begin() + static_cast<std::ptrdiff_t>(first - array.offset));
      if (end == entries[k]->size && !is_arranged(array)) arrange(array, std::move(stored), into);
    });
    files().at(0)->require_unchanged();
  }

  std::map<std::string, NpzArray> arrays_;
  std::shared_ptr<const ZipArchive> archive_;
};

bool is_array(const Entry& entry) {
  return entry.name.ends_with(suffix);
}

std::string name_of(const Entry& entry, const InputFile& file) {
  std::string name = entry.name.substr(0, entry.name.size() - suffix.size());
  if (!is_utf8(name)) throw FormatError("name is no text", {file.path(), as_utf8(name), "UTF-8", "", ""});
  return name;
}

}  // namespace

bool is_npz_archive(const ZipArchive& archive) {
  return std::any_of(archive.entries().begin(), archive.entries().end(), is_array);
}

std::unique_ptr<TensorSource> open_npz_checkpoint(std::shared_ptr<const InputFile> file,
                                                  std::shared_ptr<const ZipArchive> archive) {
  CheckpointHeader header;
  header.path = file->path();
  header.format = "npz";
  std::vector<const Entry*> entries;
  for (const Entry& entry : archive->entries()) {
    if (is_array(entry))
      entries.push_back(&entry);
    else if (header.lost.size() < maximum_datasets)
      header.lost.push_back({"entry " + model::printable(as_utf8(entry.name)), ""});
  }
  if (entries.size() > maximum_datasets)
    throw FormatError("too many arrays",
                      {file->path(), "", "at most 100000", std::to_string(entries.size()), ""});
  const std::vector<std::string> starts = archive->beginnings(entries, usual_header);
  std::map<std::string, NpzArray> arrays;
  std::vector<DatasetInfo> datasets;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = *entries[i];
    std::string start = starts[i];
    const std::uint64_t needed = numpy::header_bytes(start, file->path(), entry.name);
    if (needed > start.size() && needed <= entry.size)
      start = archive->beginnings(std::span(entries).subspan(i, 1), needed).front();
    numpy::Header array = numpy::read_header(start, entry.size, file->path(), entry.name);
    array.info.path = name_of(entry, *file);
    datasets.push_back(array.info);
    std::string name = array.info.path;
    arrays.emplace(std::move(name), NpzArray{&entry, std::move(array)});
  }
  file->require_unchanged();
  FileSet files;
  files.add(std::move(file));
  return std::make_unique<NpzCheckpoint>(std::move(header), std::move(files), datasets, std::move(arrays),
                                         std::move(archive));
}

std::unique_ptr<TensorSource> open_npy_checkpoint(std::shared_ptr<const InputFile> file) {
  const std::string preamble = file->read(0, numpy::preamble_bytes);
  const std::string start = file->read(0, numpy::header_bytes(preamble, file->path(), ""));
  numpy::Header array = numpy::read_header(start, file->size(), file->path(), "");
  array.info.path = "arr_0";
  file->require_unchanged();
  CheckpointHeader header;
  header.path = file->path();
  header.format = "npy";
  FileSet files;
  files.add(std::move(file));
  const std::vector<DatasetInfo> datasets{array.info};
  return std::make_unique<NpyCheckpoint>(std::move(header), std::move(files), datasets, std::move(array));
}

}  // namespace tmm::io
