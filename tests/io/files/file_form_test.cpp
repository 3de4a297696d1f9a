// SPDX-License-Identifier: MIT
#include "io/files/file_form.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/result/read_report.hpp"
#include "io/tokens/tokens.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::TemporaryFolder;

namespace {

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("foreign forms are known by their first bytes, and named with the way out") {
  using namespace std::string_literals;
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  const auto zip = [](const std::string& members) {
    std::string bytes = "PK\x03\x04"s;
    bytes.append(26, '\0');
    return bytes.append(members);
  };
  struct Form {
    std::string bytes;
    const char *name, *advice;
  };
  const std::vector<Form> forms{
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git-lfs pointer",
       "git lfs pull"},
      {zip("archive/data.pklFB"), "zip archive of torch.save", "tmm convert"},
      {zip("model/.format_version1PK model/data.pkl"), "zip archive of torch.save", "tmm convert"},
      {zip("weight.npy\x93NUMPY"), "numpy (.npz)", "tmm convert"},
      {zip("notes.txt"), "a zip archive", "Unpack"},
      {"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s, "before PyTorch 1.6", "tmm convert"},
      {"\x80\x02}q\0."s, "pickle of protocol 2", "can run any program"},
      // The frame's length has zeros where a safetensors header's length has them.
      {"\x80\x04\x95\x80\0\0\0\0\0\0\0}\x94."s, "pickle of protocol 4", "can run any program"},
      {"\x80\x05\x95\x80\0\0\0\0\0\0\0{\x94."s, "pickle of protocol 5", "can run any program"},
      {"\x93NUMPY\x01"s, "numpy (.npy)", "tmm convert"},
      {"GGUF\x03"s, "GGUF", ""},
      {"\x1f\x8b\x08 etc"s, "gzip", "gunzip"},
      {"\x28\xb5\x2f\xfd etc"s, "zstd", "unzstd"},
      {std::string(257, 'x').append("ustar"), "tar archive", "tar"},
      {"\n<!DOCTYPE html><html>", "web page", "download"},
  };
  for (const Form& form : forms) {
    INFO(form.name);
    write(path, form.bytes);
    CHECK_THROWS_AS(io::read_header(path), FormatError);
    const bool is_read =
        form.bytes.starts_with("PK") ||
        std::string_view(form.advice) == "tmm convert";  // its reader says what is wrong with it
    if (is_read)
      CHECK_THROWS_WITH(io::read_header(path), Contains(path + ": "));
    else
      CHECK_THROWS_WITH(io::read_header(path), Contains("not a checkpoint of a known form") &&
                                                   Contains(form.name) && Contains(form.advice));
    CHECK_THROWS_WITH(io::list_arrays(path),
                      Contains("not an HDF5 file") && Contains(form.name) && Contains(form.advice));
  }
}

TEST_CASE("foreign forms: the files of the reference material") {
  const auto [file, name] = GENERATE(table<std::string, std::string>({
      {"forms/numpy_pickle.pkl", "pickle of protocol 4"},
      {"forms/dcp", "torch.distributed.checkpoint"},
      {"field/s_lfs.safetensors", "git-lfs pointer"},
  }));
  const std::string path = test::shared_file(file);
  if (path.empty()) {
    WARN("the reference material is not here");
    return;
  }
  INFO(file);
  CHECK_THROWS_WITH(io::read_header(path), Contains(name));
}

TEST_CASE("no other file is taken for a foreign form") {
  const TemporaryFolder folder;
  for (const char* bytes : {"", "x", "PK", "\x80", "{}", "this is text", "\x80\x02"}) {
    write(folder.file("x"), bytes);
    CHECK_FALSE(io::foreign_form(io::InputFile(folder.file("x"))));
  }
  write(folder.file("x"), std::string("\x80\x04\x00\x00\x00\x00\x00\x00{\"", 10));  // a header of 1152 bytes
  CHECK_FALSE(io::foreign_form(io::InputFile(folder.file("x"))));
}

TEST_CASE("a git-lfs pointer is neither text nor a saved analysis") {
  const TemporaryFolder folder;
  write(folder.file("x"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
  CHECK_THROWS_WITH(io::read_text({folder.file("x")}, 256), Contains("git lfs pull"));
  CHECK_THROWS_WITH(io::read_report(folder.file("x")), Contains("git lfs pull"));
  CHECK_THROWS_WITH(io::read_tokens(folder.file("x"), 256), Contains("git lfs pull"));
}

TEST_CASE("tokens: a file that says nothing of what it is made of is asked about") {
  const TemporaryFolder folder;
  write(folder.file("train.dat"), std::string("\x01\x00\x02\x00\x28\x00", 6));
  CHECK_THROWS_WITH(io::read_tokens(folder.file("train.dat"), 40),
                    Contains("train.dat: not a file of tokens") && Contains("--token-type uint16"));
  write(folder.file("book.txt"), "In the beginning");
  CHECK_THROWS_WITH(io::read_tokens(folder.file("book.txt"), 40), Contains("--text"));
  write(folder.file("empty"), "");
  CHECK_THROWS_WITH(io::read_tokens(folder.file("empty"), 40), Contains("file is empty"));
}
