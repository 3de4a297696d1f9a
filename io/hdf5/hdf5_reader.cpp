// SPDX-License-Identifier: MIT
#include "io/hdf5/hdf5_reader.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "io/files/byte_message.hpp"
#include "io/files/file_form.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/sandbox/child_process.hpp"
#include "model/base/error.hpp"

namespace tmm::io::hdf5 {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
/// Data from a child comes in pieces of about this size: half of a usual second-level cache, so that what the
/// child writes is still there when the parent reads it.
constexpr std::uint64_t piece_bytes = mebibyte;

/// Enough for headers of any good file: HDF5 lists about 100 000 objects a second.
ChildLimits header_limits(const InputFile& file) {
  return {256 * mebibyte, 1 + file.size() / (256 * mebibyte), file.descriptor()};
}

/// Deflate gives 100 MB/s and more; HDF5 holds a chunk twice, packed and unpacked.
ChildLimits decoding_limits(const InputFile& file, std::uint64_t bytes, std::uint64_t largest_piece) {
  return {256 * mebibyte + 3 * largest_piece, 1 + bytes / (16 * mebibyte), file.descriptor()};
}

void write(MessageWriter& message, const DatasetInfo& info) {
  message.text(info.path);
  message.number(info.shape.size());
  for (const std::size_t extent : info.shape) message.number(extent);
  message.number(static_cast<std::uint64_t>(info.element));
  message.number(info.element_size);
  message.text(info.type);
}

DatasetInfo read_info(MessageReader& message, const std::string& file) {
  DatasetInfo info;
  info.path = message.text();
  info.shape.resize(message.count(sizeof(std::uint64_t)));
  for (std::size_t& extent : info.shape) extent = message.number();
  info.element = static_cast<Element>(std::min(message.number(), std::uint64_t{6}));
  info.element_size = message.number();
  info.type = message.text();
  check_extents(info, file);  // again, in the process that will allocate
  return info;
}

void write(MessageWriter& message, const Attributes& attributes) {
  message.number(attributes.size());
  for (const auto& [name, value] : attributes) {
    message.text(name);
    message.text(value.text);
    message.number(value.is_array ? 1 : 0);
    message.text(value.lost);
  }
}

Attributes parse_attributes(MessageReader& message) {
  Attributes attributes;
  for (std::size_t i = message.count(4 * sizeof(std::uint64_t)); i > 0; --i) {
    Attribute& attribute = attributes[message.text()];
    attribute.text = message.text();
    attribute.is_array = message.number() != 0;
    attribute.lost = message.text();
  }
  return attributes;
}

Handle open_root(const File& file) {
  return {H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose};
}

/// Users of numpy store the bit patterns of bfloat16 as uint16 with an attribute dtype = "bfloat16".
void resolve_bfloat16(const Handle& handle, DatasetInfo& info) {
  if (info.element != Element::unsigned_integer || info.element_size != 2) return;
  const auto dtype = read_attribute(handle.get(), "dtype");
  if (!dtype || dtype->text != "bfloat16") return;
  info.element = Element::bfloat16;
  info.type = "bfloat16";
}

/// "PATH: NAME" of an object's attributes, without the one that says bfloat16.
void list_inner(const Handle& object, const std::string& path, bool is_bfloat16,
                std::vector<std::string>& names) {
  H5O_info_t about;
  if (H5Oget_info2(object.get(), &about, H5O_INFO_NUM_ATTRS) < 0 || about.num_attrs == 0) return;
  for (const std::string& name : attribute_names(object.get()))
    if (names.size() < maximum_attributes && !(is_bfloat16 && name == "dtype"))
      names.push_back(path + ": " + name);
}

/// The groups that datasets lie in, without the root.
std::set<std::string> groups_of(const std::vector<std::string>& datasets) {
  std::set<std::string> groups;
  for (const std::string& path : datasets)
    for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
      groups.insert(path.substr(0, end));
  return groups;
}

std::string describe_contents(const InputFile& input) {
  const File file(input);
  MessageWriter message;
  std::vector<std::string> inner;
  const auto paths = file.datasets();  // follows hard links alone, so that these may be opened by their paths
  message.number(paths.size());
  for (const std::string& dataset : paths) {
    const Handle handle(H5Dopen2(file.id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
    if (!handle.valid()) fail("cannot open this dataset", file.path(), dataset);
    DatasetInfo info = file.inspect(dataset, handle);
    resolve_bfloat16(handle, info);
    write(message, info);
    list_inner(handle, dataset, info.element == Element::bfloat16, inner);
  }
  for (const std::string& group : groups_of(paths))
    list_inner({H5Gopen2(file.id(), group.c_str(), H5P_DEFAULT), H5Gclose}, group, false, inner);
  const Handle root = open_root(file);
  const Attributes attributes = read_attributes(root.get());
  write(message, attributes);
  H5O_info_t about{};
  H5Oget_info2(root.get(), &about, H5O_INFO_NUM_ATTRS);
  message.number(std::max<std::uint64_t>(about.num_attrs, attributes.size()) - attributes.size());
  message.number(inner.size());
  for (const std::string& name : inner) message.text(name);
  return message.take();
}

/// How each array is stored.
std::string describe_storage(const InputFile& input, std::span<const DatasetInfo> wanted) {
  const File file(input);
  MessageWriter message;
  for (const DatasetInfo& info : wanted) {
    const Handle handle = file.open(info.path);
    const DatasetInfo now = file.inspect(info.path, handle);
    if (now.shape != info.shape || now.element_size != info.element_size) fail_changed(file.path());
    const Storage storage = file.check_storage(now, handle);
    message.number(storage.offset ? 1 : 0);
    message.number(storage.offset.value_or(0));
    message.number(storage.rows);
  }
  return message.take();
}

/// Some rows (along the first dimension) of wanted[array].
struct Piece {
  std::size_t array, first_row, rows;
};

std::size_t rows_of(const DatasetInfo& info) {
  return info.shape.empty() ? 1 : info.shape.front();
}

/// Cuts an array into pieces of about piece_bytes that are whole rows of chunks, so that no chunk is decoded
/// twice.
void cut(const DatasetInfo& info, std::size_t array, std::size_t chunk_rows, std::vector<Piece>& pieces) {
  const std::size_t rows = rows_of(info), chunk_bytes = chunk_rows * (info.bytes() / rows);
  const std::size_t step = chunk_rows * std::max<std::size_t>(piece_bytes / chunk_bytes, 1);
  for (std::size_t first = 0; first < rows; first += step)
    pieces.push_back({array, first, std::min(step, rows - first)});
}

/// The child's side of read_values: opens every array once.
class PieceReader {
 public:
  PieceReader(const InputFile& input, std::span<const DatasetInfo> wanted) : input_(input), wanted_(wanted) {}

  void read(const Piece& piece, std::span<std::byte> into) {
    const DatasetInfo& info = wanted_[piece.array];
    if (!file_) file_.emplace(input_);
    if (open_ != piece.array) {
      handle_ = file_->open(info.path);
      const DatasetInfo now = file_->inspect(info.path, handle_);
      if (now.shape != info.shape || now.element_size != info.element_size) fail_changed(input_.path());
      open_ = piece.array;
    }
    file_->read_rows(info, handle_, piece.first_row, piece.rows, into.data());
  }

 private:
  const InputFile& input_;
  std::span<const DatasetInfo> wanted_;
  std::optional<File> file_;
  std::optional<std::size_t> open_;
  Handle handle_;
};

/// A child that answers nonsense has been taken over by the file.
template <class Work>
auto parse(const std::string& path, const std::string& answer, const Work& work) {
  MessageReader message(answer);
  try {
    return work(message);
  } catch (const FormatError&) {
    throw;
  } catch (const std::exception& e) {
    throw FormatError(std::string("HDF5 goes astray on this file: ") + e.what(), {path, "", "", "", ""});
  }
}

std::string ask(const InputFile& file, const std::function<std::string()>& work) {
  initialize();  // once, not in every child
  require_hdf5(file);
  std::string answer = run_in_child(file.path(), header_limits(file), work);
  file.require_unchanged();
  return answer;
}

/// The arrays that `pieces` are cut from, one after the other, decoded by one child.
void decode(const InputFile& file, std::span<const DatasetInfo> wanted, const std::vector<Piece>& pieces,
            const Sink& sink) {
  std::vector<std::size_t> sizes;
  std::uint64_t bytes = 0;
  for (const auto& [array, first, rows] : pieces) {
    sizes.push_back(rows * (wanted[array].bytes() / rows_of(wanted[array])));
    bytes += sizes.back();
  }
  const auto limits = decoding_limits(file, bytes, *std::max_element(sizes.begin(), sizes.end()));
  PieceReader reader(file, wanted);
  std::span<std::byte> rest;  // of the array that is being filled
  stream_from_child(
      file.path(), limits, sizes,
      [&](std::size_t i, std::span<std::byte> into) { reader.read(pieces[i], into); },
      [&](std::size_t i, std::span<const std::byte> from) {
        if (pieces[i].first_row == 0) rest = sink(pieces[i].array);
        std::memcpy(rest.data(), from.data(), from.size());
        rest = rest.subspan(from.size());
      });
}

}  // namespace

Contents read_contents(const InputFile& file) {
  const auto answer = ask(file, [&] { return describe_contents(file); });
  return parse(file.path(), answer, [&](MessageReader& message) {
    Contents contents;
    for (std::size_t i = message.count(5 * sizeof(std::uint64_t)); i > 0; --i)
      contents.datasets.push_back(read_info(message, file.path()));
    contents.attributes = parse_attributes(message);
    contents.further_attributes = message.number();
    contents.inner_attributes.resize(message.count(sizeof(std::uint64_t)));
    for (std::string& name : contents.inner_attributes) name = message.text();
    return contents;
  });
}

std::vector<std::string> list_datasets(const InputFile& file) {
  const auto list = [&] {
    MessageWriter message;
    const auto paths = File(file).datasets();
    message.number(paths.size());
    for (const std::string& dataset : paths) message.text(dataset);
    return message.take();
  };
  return parse(file.path(), ask(file, list), [](MessageReader& message) {
    std::vector<std::string> paths(message.count(sizeof(std::uint64_t)));
    for (std::string& dataset : paths) dataset = message.text();
    return paths;
  });
}

DatasetInfo read_info(const InputFile& file, const std::string& dataset) {
  const auto inspect = [&] {
    const File opened(file);
    MessageWriter message;
    write(message, opened.inspect(dataset, opened.open(dataset)));
    return message.take();
  };
  return parse(file.path(), ask(file, inspect),
               [&](MessageReader& message) { return read_info(message, file.path()); });
}

std::vector<std::optional<DatasetInfo>> find_datasets(const InputFile& file,
                                                      std::span<const std::string> datasets) {
  const auto inspect = [&] {
    const File opened(file);
    MessageWriter message;
    for (const std::string& dataset : datasets) {
      const bool there = opened.has(dataset);
      message.number(there ? 1 : 0);
      if (there) write(message, opened.inspect(dataset, opened.open(dataset)));
    }
    return message.take();
  };
  return parse(file.path(), ask(file, inspect), [&](MessageReader& message) {
    std::vector<std::optional<DatasetInfo>> infos(datasets.size());
    for (auto& info : infos)
      if (message.number() != 0) info = read_info(message, file.path());
    return infos;
  });
}

Attributes read_attributes(const InputFile& file, const std::string& object) {
  const auto collect = [&] {
    const File opened(file);
    MessageWriter message;
    write(message, read_attributes((object == "/" ? open_root(opened) : opened.open_object(object)).get()));
    return message.take();
  };
  return parse(file.path(), ask(file, collect), parse_attributes);
}

void read_values(const InputFile& file, std::span<const DatasetInfo> wanted, const Sink& sink) {
  const std::string storage = ask(file, [&] { return describe_storage(file, wanted); });
  const auto stored = parse(file.path(), storage, [&](MessageReader& message) {
    std::vector<Storage> all(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const bool plain = message.number() != 0;
      const std::uint64_t offset = message.number();
      if (plain) all[i].offset = offset;
      all[i].rows =
          std::clamp<std::uint64_t>(message.number(), 1, std::max<std::size_t>(rows_of(wanted[i]), 1));
    }
    return all;
  });
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].bytes() == 0)
      sink(i);
    else if (stored[i].offset)
      file.read_exactly(*stored[i].offset, sink(i));
    else
      cut(wanted[i], i, stored[i].rows, pieces);
  }
  if (!pieces.empty()) decode(file, wanted, pieces, sink);
  file.require_unchanged();
}

}  // namespace tmm::io::hdf5
