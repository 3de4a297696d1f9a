// SPDX-License-Identifier: MIT
#include "io/hdf5_reader.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "io/byte_message.hpp"
#include "io/child_process.hpp"
#include "io/hdf5.hpp"
#include "io/input_file.hpp"
#include "model/error.hpp"

namespace tmm::io::hdf5 {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t batch_bytes = 64 * mebibyte;  // decoded by one child, unless one array has more

/// Enough for headers of any good file: HDF5 lists about 100 000 objects a second.
ChildLimits header_limits(std::uint64_t file_size) {
  return {256 * mebibyte, 1 + file_size / (256 * mebibyte)};
}

/// Deflate gives 100 MB/s and more; HDF5 holds a chunk twice, packed and unpacked.
ChildLimits decoding_limits(std::uint64_t bytes) {
  return {256 * mebibyte + 3 * bytes, 1 + bytes / (16 * mebibyte)};
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
  for (const auto& [name, value] : attributes) message.text(name), message.text(value);
}

Attributes read_attributes(MessageReader& message) {
  Attributes attributes;
  for (std::size_t i = message.count(2 * sizeof(std::uint64_t)); i > 0; --i) {
    std::string name = message.text();
    attributes[std::move(name)] = message.text();
  }
  return attributes;
}

Attributes collect_attributes(const Handle& object) {
  Attributes attributes;
  for (const std::string& name : attribute_names(object.get()))
    attributes[name] = attribute_text(object.get(), name).value_or("");
  return attributes;
}

Handle open_root(const File& file) {
  return {H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose};
}

/// Users of numpy store the bit patterns of bfloat16 as uint16 with an attribute dtype = "bfloat16".
void resolve_bfloat16(const Handle& handle, DatasetInfo& info) {
  if (info.element != Element::unsigned_integer || info.element_size != 2) return;
  if (attribute_text(handle.get(), "dtype") != "bfloat16") return;
  info.element = Element::bfloat16;
  info.type = "bfloat16";
}

std::string describe_contents(const std::string& path) {
  const File file(path);
  MessageWriter message;
  const auto paths = file.datasets();
  message.number(paths.size());
  for (const std::string& dataset : paths) {
    const Handle handle(H5Dopen2(file.id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);  // links: see the walk
    if (!handle.valid()) fail("cannot open this dataset", path, dataset);
    DatasetInfo info = file.inspect(dataset, handle);
    resolve_bfloat16(handle, info);
    write(message, info);
  }
  write(message, collect_attributes(open_root(file)));
  return message.take();
}

/// Where the plain bytes of each array begin, if that is how it is stored.
std::string describe_storage(const std::string& path, std::span<const DatasetInfo> wanted) {
  const File file(path);
  MessageWriter message;
  for (const DatasetInfo& info : wanted) {
    const Handle handle = file.open(info.path);
    const DatasetInfo now = file.inspect(info.path, handle);
    if (now.shape != info.shape || now.element_size != info.element_size)
      throw FormatError("the file changes while it is read", {path, info.path, "", "", ""});
    const auto offset = file.check_storage(now, handle);
    message.number(offset ? 1 : 0);
    message.number(offset.value_or(0));
  }
  return message.take();
}

std::string decode(const std::string& path, std::span<const DatasetInfo> batch, std::span<std::byte> into) {
  const File file(path);
  for (const DatasetInfo& info : batch) {
    const Handle handle = file.open(info.path);
    const DatasetInfo now = file.inspect(info.path, handle);
    if (now.bytes() != info.bytes())
      throw FormatError("the file changes while it is read", {path, info.path, "", "", ""});
    file.read(now, handle, into.data());
    into = into.subspan(info.bytes());
  }
  return {};
}

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

std::string ask(const std::string& path, const std::function<std::string()>& work) {
  initialize();  // once, not in every child
  return run_in_child(path, header_limits(InputFile(path).size()), work);
}

void decode_batch(const std::string& path, std::span<const DatasetInfo> wanted,
                  std::span<const std::size_t> batch, const SharedMemory& window, const Sink& sink) {
  std::vector<DatasetInfo> infos;
  std::uint64_t bytes = 0;
  for (const std::size_t i : batch) infos.push_back(wanted[i]), bytes += wanted[i].bytes();
  run_in_child(path, decoding_limits(bytes), [&] {
    window.populate(bytes);
    return decode(path, infos, window.bytes());
  });
  const std::byte* from = window.bytes().data();
  for (const std::size_t i : batch) {
    const std::span<std::byte> into = sink(i);
    std::memcpy(into.data(), from, into.size());
    from += into.size();
  }
}

/// Runs of arrays with batch_bytes or little more together.
std::vector<std::vector<std::size_t>> batches_of(std::span<const DatasetInfo> wanted,
                                                 const std::vector<std::size_t>& indices) {
  std::vector<std::vector<std::size_t>> batches;
  std::uint64_t filled = batch_bytes;
  for (const std::size_t i : indices) {
    if (filled + wanted[i].bytes() > batch_bytes) batches.emplace_back(), filled = 0;
    batches.back().push_back(i);
    filled += wanted[i].bytes();
  }
  return batches;
}

}  // namespace

Contents read_contents(const std::string& path) {
  return parse(path, ask(path, [&] { return describe_contents(path); }), [&](MessageReader& message) {
    Contents contents;
    for (std::size_t i = message.count(5 * sizeof(std::uint64_t)); i > 0; --i)
      contents.datasets.push_back(read_info(message, path));
    contents.attributes = read_attributes(message);
    contents.file_size = InputFile(path).size();
    return contents;
  });
}

std::vector<std::string> list_datasets(const std::string& path) {
  const auto list = [&] {
    MessageWriter message;
    const auto paths = File(path).datasets();
    message.number(paths.size());
    for (const std::string& dataset : paths) message.text(dataset);
    return message.take();
  };
  return parse(path, ask(path, list), [](MessageReader& message) {
    std::vector<std::string> paths(message.count(sizeof(std::uint64_t)));
    for (std::string& dataset : paths) dataset = message.text();
    return paths;
  });
}

DatasetInfo read_info(const std::string& path, const std::string& dataset) {
  const auto inspect = [&] {
    const File file(path);
    MessageWriter message;
    write(message, file.inspect(dataset, file.open(dataset)));
    return message.take();
  };
  return parse(path, ask(path, inspect), [&](MessageReader& message) { return read_info(message, path); });
}

Attributes read_attributes(const std::string& path, const std::string& object) {
  const auto collect = [&] {
    const File file(path);
    MessageWriter message;
    write(message, collect_attributes(object == "/" ? open_root(file) : file.open(object)));
    return message.take();
  };
  return parse(path, ask(path, collect), [](MessageReader& message) { return read_attributes(message); });
}

void read_values(const std::string& path, std::span<const DatasetInfo> wanted, const Sink& sink) {
  const std::string storage = ask(path, [&] { return describe_storage(path, wanted); });
  const auto offsets = parse(path, storage, [&](MessageReader& message) {
    std::vector<std::optional<std::uint64_t>> starts(wanted.size());
    for (auto& start : starts) {
      const bool plain = message.number() != 0;
      const std::uint64_t offset = message.number();
      if (plain) start = offset;
    }
    return starts;
  });
  const InputFile file(path);
  std::vector<std::size_t> packed;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].bytes() == 0)
      sink(i);
    else if (offsets[i])
      file.read_exactly(*offsets[i], sink(i));
    else
      packed.push_back(i);
  }
  const auto batches = batches_of(wanted, packed);
  std::uint64_t largest = 0;
  for (const auto& batch : batches) {
    std::uint64_t bytes = 0;
    for (const std::size_t i : batch) bytes += wanted[i].bytes();
    largest = std::max(largest, bytes);
  }
  if (batches.empty()) return;
  const SharedMemory window(largest);
  for (const auto& batch : batches) decode_batch(path, wanted, batch, window, sink);
}

}  // namespace tmm::io::hdf5
