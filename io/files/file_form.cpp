// SPDX-License-Identifier: MIT
#include "io/files/file_form.hpp"

#include <algorithm>
#include <string_view>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using namespace std::string_view_literals;

const std::string torch_advice = "Convert it: tmm convert model.pt model.h5";

const std::string numpy_advice = "Convert it: tmm convert arrays.npz arrays.h5";

const std::string pickle_advice =
    "Opening a pickle can run any program, so none is opened here. Where you trust it, write its arrays to "
    "safetensors, HDF5 or numpy.savez in Python";

/// Zip archives name their first member right behind a header of 30 bytes.
ForeignForm form_of_zip(std::string_view start) {
  const std::string_view first = start.substr(std::min<std::size_t>(30, start.size()));
  if (first.substr(0, 1024).find("data.pkl") != std::string_view::npos ||
      start.find("/data.pkl") != std::string_view::npos)
    return {"a zip archive of torch.save", torch_advice};
  if (first.substr(0, 256).find(".npy") != std::string_view::npos)
    return {"a zip archive of numpy (.npz)", numpy_advice};
  return {"a zip archive", "Unpack it"};
}

/// Protocols 2 to 5: the byte 80, the protocol, an opcode. A safetensors file has zeros where a small
/// header's length ends.
bool is_pickle(std::string_view start) {
  return start.size() > 3 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5 && start[2] != 0;
}

ForeignForm form_of_pickle(std::string_view start) {
  // torch.save before 1.6 begins with the pickle of a long number of its own.
  constexpr auto torch_number = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv;
  if (start.starts_with(torch_number))
    return {"a file of torch.save before PyTorch 1.6, a row of pickles", torch_advice};
  return {"a Python pickle of protocol " + std::to_string(static_cast<int>(start[1])), pickle_advice};
}

}  // namespace

bool has_hdf5_signature(const InputFile& file) {
  constexpr auto signature = "\x89HDF\r\n\x1a\n"sv;
  for (std::uint64_t offset = 0; offset < file.size(); offset = offset == 0 ? 512 : 2 * offset)
    if (file.read(offset, signature.size()) == signature) return true;
  return false;
}

bool is_lfs_pointer(const InputFile& file) {
  constexpr auto beginning = "version https://git-lfs.github.com/spec/"sv;
  return file.size() <= 1024 && file.read(0, beginning.size()) == beginning;
}

std::optional<ForeignForm> foreign_form(const InputFile& file) {
  const std::string bytes = file.read(0, 4096);
  const std::string_view start = bytes;
  if (is_lfs_pointer(file))
    return ForeignForm{"a git-lfs pointer, not the file itself", "Fetch the file: git lfs pull"};
  if (start.starts_with("PK\x03\x04"sv)) return form_of_zip(start);
  if (is_pickle(start)) return form_of_pickle(start);
  if (start.starts_with("\x93NUMPY"sv)) return ForeignForm{"an array of numpy (.npy)", numpy_advice};
  if (start.starts_with("GGUF"sv))
    return ForeignForm{"a GGUF file", "Take the checkpoint that it was made from"};
  if (start.starts_with("\x1f\x8b"sv)) return ForeignForm{"compressed by gzip", "Unpack it with gunzip"};
  if (start.starts_with("\x28\xb5\x2f\xfd"sv))
    return ForeignForm{"compressed by zstd", "Unpack it with unzstd"};
  if (start.size() >= 262 && start.substr(257, 5) == "ustar"sv)
    return ForeignForm{"a tar archive", "Unpack it with tar -x"};
  const auto first = start.find_first_not_of(" \t\r\n"sv);
  if (first != std::string_view::npos &&
      (start.substr(first).starts_with("<!DOCTYPE"sv) || start.substr(first).starts_with("<html"sv)))
    return ForeignForm{"a web page", "The download has gone wrong: fetch the file itself"};
  return std::nullopt;
}

void require_hdf5(const InputFile& file) {
  if (has_hdf5_signature(file)) return;
  if (file.size() == 0) throw FormatError("file is empty", {file.path(), "", "an HDF5 file", "0 bytes", ""});
  const auto form = foreign_form(file);
  throw FormatError("not an HDF5 file",
                    {file.path(), "", "", form ? form->name : "", form ? form->advice : ""});
}

}  // namespace tmm::io
