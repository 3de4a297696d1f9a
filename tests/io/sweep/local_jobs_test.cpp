// SPDX-License-Identifier: MIT
#include "io/sweep/local_jobs.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "support.hpp"

using namespace tmm;
using test::read_text, test::TemporaryFolder;

namespace {

/// A shell that does this.
io::JobWords shell(const std::string& script) {
  return {"-c", script};
}

io::LocalJobs jobs(std::size_t parallel) {
  return {"/bin/sh", {"TMM_TEST_VALUE=seven"}, parallel, nullptr};
}

}  // namespace

TEST_CASE("jobs: every one runs once, with its words, its environment and what it says of its end") {
  const TemporaryFolder folder;
  std::vector<io::JobWords> all;
  for (int i = 0; i < 7; ++i)
    all.push_back(shell("echo $TMM_TEST_VALUE >>" + folder.file(std::to_string(i)) +
                        "; cat; echo out; echo end " + std::to_string(i) + " >&2; exit " +
                        std::to_string(i)));
  all.push_back(shell("kill -TERM $$"));
  std::vector<int> codes(all.size(), -1);
  io::run_jobs(all, jobs(3), [&](const io::JobEnd& end) {
    CHECK(codes[end.job] == -1);
    codes[end.job] = end.exit_code;
    if (end.job < 7) CHECK(end.messages == "end " + std::to_string(end.job) + "\n");
    CHECK(end.seconds >= 0);
  });
  CHECK(codes == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 143});
  for (int i = 0; i < 7; ++i) CHECK(read_text(folder.file(std::to_string(i))) == "seven\n");
}

TEST_CASE("jobs: as many at a time as are asked for, in their order") {
  const TemporaryFolder folder;
  // Each notes how many are there beside it: a folder is made and removed in one step.
  std::vector<io::JobWords> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(shell("mkdir " + folder.file("in-" + std::to_string(i)) + "; ls " + folder.path().string() +
                        " | grep -c in- >&2; sleep 0.1; rmdir " + folder.file("in-" + std::to_string(i))));
  std::vector<std::size_t> order;
  io::run_jobs(all, jobs(1), [&](const io::JobEnd& end) {
    order.push_back(end.job);
    CHECK(end.messages == "1\n");
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4, 5});
  io::run_jobs(all, jobs(2), [](const io::JobEnd& end) { CHECK(std::stoi(end.messages) <= 2); });
}

TEST_CASE("jobs: an interrupt reaches those that run, and no more are begun") {
  const TemporaryFolder folder;
  const std::string script = "trap '' INT; trap 'echo told >&2; exit 130' TERM; echo >" +
                             folder.file("begun") + "; for i in $(seq 500); do sleep 0.02; done";
  const std::vector<io::JobWords> all{shell(script), shell("echo >" + folder.file("other"))};
  std::atomic<bool> interrupt{false};
  io::LocalJobs how{"/bin/sh", {}, 1, &interrupt};
  std::thread other([&] {
    while (!std::filesystem::exists(folder.file("begun"))) std::this_thread::yield();
    interrupt.store(true);
  });
  int ends = 0;
  io::run_jobs(all, how, [&](const io::JobEnd& end) {
    ++ends;
    CHECK(end.exit_code == 130);
    CHECK(end.messages == "told\n");
  });
  other.join();
  CHECK(ends == 1);
  CHECK_FALSE(std::filesystem::exists(folder.file("other")));
}

TEST_CASE("jobs: what their caller throws ends them all") {
  const TemporaryFolder folder;
  const std::vector<io::JobWords> all{
      shell("trap 'echo >" + folder.file("told") + "; exit 130' INT TERM; echo >" + folder.file("begun") +
            "; for i in $(seq 500); do sleep 0.02; done"),
      shell("while ! test -e " + folder.file("begun") + "; do sleep 0.01; done")};
  CHECK_THROWS_AS(io::run_jobs(all, jobs(2), [](const io::JobEnd&) { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(std::filesystem::exists(folder.file("told")));
}

TEST_CASE("jobs: a program that is not there ends with 127") {
  const std::vector<io::JobWords> all{{"x"}};
  int code = 0;
  io::run_jobs(all, {"/no/such/program", {}, 1, nullptr},
               [&](const io::JobEnd& end) { code = end.exit_code; });
  CHECK(code == 127);
}
