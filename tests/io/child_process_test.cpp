// SPDX-License-Identifier: MIT
#include "io/child_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <vector>

#include "model/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using io::run_in_child;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // shadow memory: address space cannot be limited, signals are caught
#else
constexpr bool sanitized = false;
#endif

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

TEST_CASE("child: no file can be written, none of the parent's is open") {
  if (sanitized) return;
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x");
  const int open_here = ::open("/dev/null", O_RDONLY);
  const auto look = [&] {
    std::string found = ::fcntl(open_here, F_GETFD) < 0 ? "closed" : "open";
    int last = 0;
    for (int i = 0; i < 100; ++i) last = std::max(last, ::open("/dev/null", O_RDONLY));
    return found + (last < 8 ? " few" : " many");
  };
  CHECK(run_in_child("f", {}, look) == "closed few");
  ::close(open_here);
  const auto write = [&]() -> std::string {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    return ::write(file, "x", 1) == 1 ? "written" : "refused";
  };
  CHECK_THROWS_AS(run_in_child("f", {}, write), FormatError);  // SIGXFSZ
  CHECK((!std::filesystem::exists(path) || std::filesystem::file_size(path) == 0));
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
