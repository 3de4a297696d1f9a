// SPDX-License-Identifier: MIT
#include "io/sandbox/child_process.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <new>
#include <thread>
#include <vector>

#include "io/sandbox/system_call_filter.hpp"
#include "model/base/error.hpp"
#include "model/base/sanitizers.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using io::run_in_child;

// Shadow memory: address space cannot be limited, signals are caught.
constexpr bool sanitized = TMM_ADDRESS_SANITIZER || TMM_THREAD_SANITIZER;

TEST_CASE("child: what the work returns comes back, of any size and content") {
  CHECK(run_in_child("f", {}, [] { return std::string(); }).empty());
  const std::string zeros(10'000'000, '\0');
  CHECK(run_in_child("f", {}, [&] { return zeros; }) == zeros);
  CHECK_THROWS_WITH(run_in_child("f", {}, [] { return std::string((64U << 20U) + 1, 'x'); }),
                    Contains("f: its header is too large"));
}

TEST_CASE("child: errors keep their kind and words") {
  const ErrorContext context{"file.h5", "weight", "this", "that", "Do so."};
  const auto work = [&](auto error) { return [=]() -> std::string { throw error; }; };
  CHECK_THROWS_AS(run_in_child("f", {}, work(FormatError("a", context))), FormatError);
  CHECK_THROWS_AS(run_in_child("f", {}, work(FileError("a", context))), FileError);
  CHECK_THROWS_AS(run_in_child("f", {}, work(ArgumentError("a", context))), ArgumentError);
  CHECK_THROWS_WITH(run_in_child("f", {}, work(FormatError("a", context))),
                    "file.h5: weight: a (expected this, found that). Do so.");
  CHECK_THROWS_WITH(run_in_child("f", {}, work(std::runtime_error("odd"))), "f: odd");
}

TEST_CASE("child: a crash of any kind, or an end without an answer, is a FormatError") {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGKILL, SIGTERM}) {
    INFO(signal);
    const auto crash = [signal] {
      std::signal(signal, SIG_DFL);
      ::raise(signal);
      return std::string();
    };
    CHECK_THROWS_AS(run_in_child("f", {}, crash), FormatError);
  }
  CHECK_THROWS_WITH(run_in_child("f", {}, []() -> std::string { ::_exit(0); }),
                    Contains("f: HDF5 crashes on this file"));
}

TEST_CASE("child: an endless loop ends after the processor time it may have") {
  const auto loop = [] {
    for (std::atomic<int> i = 0;; ++i) continue;
    return std::string();
  };
  CHECK_THROWS_WITH(run_in_child("f", {}, loop), Contains("f: HDF5 does not come to an end"));
}

TEST_CASE("child: memory beyond the limit is refused, not given") {
  if (sanitized) return;
  const auto greedy = [] {
    std::vector<char> block(std::size_t{1} << 30U, 1);
    return std::string(1, block.back());
  };
  CHECK_THROWS_WITH(run_in_child("f", {std::uint64_t{256} << 20U, 10}, greedy), Contains("more memory"));
}

TEST_CASE("child: none of the parent's descriptors is open, few can be opened") {
  if (sanitized) return;
  const int open_here = ::fcntl(STDIN_FILENO, F_DUPFD, 50);
  const auto look = [&] {
    std::string found = ::fcntl(open_here, F_GETFD) < 0 ? "closed" : "open";
    int last = 0;
    for (int i = 0; i < 100; ++i) last = std::max(last, ::open("/dev/null", O_RDONLY));
    return found + (last < 8 ? " few" : " many");
  };
  CHECK(look() == "open many");
  CHECK(run_in_child("f", {}, look) == "closed few");
  ::close(open_here);
}

TEST_CASE("child: system calls that do more than compute and read what is open are refused") {
  if (sanitized) return;
  if (!io::filters_system_calls()) return;
  if (::prctl(PR_GET_SECCOMP) < 0) {
    WARN("this kernel has no filter of system calls: not tested");
    return;
  }
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x"), there = folder.file("there");
  std::ofstream(there) << "as it was";
  const pid_t parent = ::getpid();
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto map = [&](int protection) {
    return ::mmap(nullptr, page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  const std::map<std::string, std::function<bool()>> deeds{
      {"open a file", [&] { return ::open(there.c_str(), O_RDONLY) >= 0; }},
      {"create a file", [&] { return ::open(path.c_str(), O_RDONLY | O_CREAT, 0600) >= 0; }},
      {"write to a file", [&] { return ::open(there.c_str(), O_WRONLY) >= 0; }},
      {"empty a file", [&] { return ::open(there.c_str(), O_RDONLY | O_TRUNC) >= 0; }},
      {"remove a file", [&] { return ::unlink(there.c_str()) == 0; }},
      {"rename a file", [&] { return ::rename(there.c_str(), path.c_str()) == 0; }},
      {"change a mode", [&] { return ::chmod(there.c_str(), 0777) == 0; }},
      {"fork", [] { return ::fork() >= 0; }},
      {"run a program",
       [] {
         ::execl("/bin/true", "true", nullptr);
         return false;  // "done" if it did run: then there is no answer, and the child counts as crashed
       }},
      {"open a socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"signal the parent", [&] { return ::kill(parent, 0) == 0; }},
      {"map code", [&] { return map(PROT_READ | PROT_EXEC) != MAP_FAILED; }},
      {"turn data into code", [&] { return ::mprotect(map(PROT_READ), page, PROT_READ | PROT_EXEC) == 0; }},
      {"trace the parent", [&] { return ::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr) == 0; }},
  };
  for (const auto& [name, deed] : deeds) {
    INFO(name);
    const auto attempt = [&deed = deed]() -> std::string {
      if (deed()) return "done";
      return errno == EPERM ? "refused" : std::strerror(errno);
    };
    CHECK(run_in_child("f", {}, attempt) == "refused");
  }
  CHECK(test::read_text(there) == "as it was");
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("child: it reads from the file that it is given, under the descriptor that the parent has") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("x")) << "content";
  for (const int place : {3, 200}) {  // before and behind the channel to the parent
    const int file = ::fcntl(::open(folder.file("x").c_str(), O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, place);
    REQUIRE(file >= place);
    io::ChildLimits limits;
    limits.file = file;
    const auto read = [&] {
      std::string text(7, '\0');
      return ::pread(file, text.data(), text.size(), 0) == 7 ? text : std::string(std::strerror(errno));
    };
    CHECK(run_in_child("f", limits, read) == "content");
    ::close(file);
  }
}

TEST_CASE("child: pieces come in order, however many and large, and errors end the stream") {
  const std::vector<std::size_t> sizes{1, 0, 3'000'000, 17, 17, 17, 2'999'999, 5};
  const auto fill = [](std::size_t i, std::span<std::byte> into) {
    for (std::size_t k = 0; k < into.size(); ++k) into[k] = static_cast<std::byte>(7 * i + k % 251);
  };
  std::size_t seen = 0;
  io::stream_from_child("f", {}, sizes, fill, [&](std::size_t i, std::span<const std::byte> from) {
    CHECK(i == seen++);
    std::vector<std::byte> expected(sizes[i]);
    fill(i, expected);
    CHECK(std::equal(from.begin(), from.end(), expected.begin(), expected.end()));
  });
  CHECK(seen == sizes.size());
  CHECK_NOTHROW(io::stream_from_child("f", {}, {}, fill, [](auto...) { FAIL(); }));

  const std::vector<std::size_t> five(5, 100);
  const auto ignore = [](std::size_t, std::span<const std::byte>) {};
  const auto at_3 = [&](auto deed) {
    return [=](std::size_t i, std::span<std::byte>) {
      if (i == 3) deed();
    };
  };
  const auto damaged = at_3([] { throw FormatError("here", {"f", "w", "", "", ""}); });
  CHECK_THROWS_WITH(io::stream_from_child("f", {}, five, damaged, ignore), "f: w: here");
  const auto crash = at_3([] { std::signal(SIGSEGV, SIG_DFL), ::raise(SIGSEGV); });
  CHECK_THROWS_WITH(io::stream_from_child("f", {}, five, crash, ignore), Contains("f: HDF5 crashes"));
  const auto leave = at_3([] { ::_exit(0); });
  CHECK_THROWS_WITH(io::stream_from_child("f", {}, five, leave, ignore), Contains("f: HDF5 crashes"));
  const auto full = [](std::size_t i, std::span<const std::byte>) {
    if (i == 2) throw std::bad_alloc();
  };
  CHECK_THROWS_AS(io::stream_from_child(
                      "f", {}, five, [](auto...) {}, full),
                  std::bad_alloc);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no child is left
}

TEST_CASE("child: a process that ignores its children's end, or runs threads that allocate, forks as well") {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  CHECK(run_in_child("f", {}, [] { return std::string("yes"); }) == "yes");
  CHECK_THROWS_AS(run_in_child("f", {}, []() -> std::string { ::_exit(1); }), FormatError);
  std::signal(SIGCHLD, before);
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&stop] {
      while (!stop) std::vector<int>(1000).swap(*std::make_unique<std::vector<int>>(10));
    });
  for (int i = 0; i < 50; ++i)
    CHECK(run_in_child("f", {}, [] { return std::string(100'000, 'a'); }).size() == 100'000);
  stop = true;
  for (auto& thread : threads) thread.join();
}
