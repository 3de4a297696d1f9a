// SPDX-License-Identifier: MIT
#include "io/files/input_file.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "io/files/descriptor.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using io::InputFile;
using test::TemporaryFolder;

TEST_CASE("input file: a regular file is read under every name that leads to it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  std::ofstream(path) << "content";
  std::filesystem::create_symlink(path, folder.file("link"));
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  const std::string number = std::to_string(descriptor);
  CHECK(::lseek(descriptor, 3, SEEK_SET) ==
        3);  // read by position: where the descriptor stands does not matter
  for (const std::string& name : {path, folder.file("link"), "/proc/self/fd/" + number, "/dev/fd/" + number})
    CHECK(InputFile(name).read(0, 100) == "content");
  std::filesystem::remove(path);
  CHECK(InputFile("/dev/fd/" + number).read(0, 100) == "content");
  ::close(descriptor);
}

TEST_CASE("input file: what is not regular is refused by its kind, without being opened") {
  const TemporaryFolder folder;
  const auto refuses = [](const std::string& path, const std::string& kind) {
    CHECK_THROWS_AS(InputFile(path), FileError);
    CHECK_THROWS_WITH(InputFile(path), Contains(path + ": not a regular file") && Contains("found " + kind));
  };
  refuses(folder.path().string(), "a directory");
  refuses("/dev/null", "a device");
  const std::string fifo = folder.file("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  refuses(fifo, "a pipe");
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  refuses("/proc/self/fd/" + std::to_string(ends[0]), "a pipe");
  const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{AF_UNIX, {}};
  std::strncpy(address.sun_path, folder.file("socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  refuses(folder.file("socket"), "a socket");
  for (const int open : {ends[0], ends[1], server}) ::close(open);
}

TEST_CASE("input file: a change of length or time is seen, a file put in its place is not this one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x");
  std::ofstream(path) << "content";
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const InputFile file(path);
  CHECK_NOTHROW(file.require_unchanged());
  std::ofstream(folder.file("other")) << "another";
  std::filesystem::rename(folder.file("other"), path);
  CHECK_NOTHROW(file.require_unchanged());
  CHECK(file.read(0, 100) == "content");
  const InputFile replaced(path);
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  CHECK_THROWS_WITH(replaced.require_unchanged(), Contains(path + ": the file changes while it is read"));
  const InputFile grown(path);
  std::filesystem::resize_file(path, 100);
  CHECK_THROWS_AS(grown.require_unchanged(), FileError);
}

TEST_CASE("input file: it never takes the place of a closed standard stream") {
  const int descriptor = ::open("/dev/null", O_RDONLY);
  REQUIRE(descriptor > STDERR_FILENO);
  CHECK(io::beyond_standard_streams(descriptor) == descriptor);
  ::close(descriptor);
  CHECK(io::beyond_standard_streams(-1) == -1);
  const int saved = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  const InputFile file("/proc/self/stat");
  CHECK(file.descriptor() > STDERR_FILENO);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
}
