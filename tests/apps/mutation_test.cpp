// SPDX-License-Identifier: MIT
// Real checkpoints, cut short and with bytes changed: every run of the program ends soon, in little memory,
// with success or with one clean message.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <random>

#include "io/checkpoint/convert.hpp"
#include "model/base/sanitizers.hpp"
#include "support.hpp"

using tmm::test::read_text, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr bool sanitized = TMM_ADDRESS_SANITIZER == 1;

constexpr double allowed_seconds = sanitized ? 20 : 2;  // of processor time, with all child processes
constexpr long allowed_megabytes = sanitized ? 4096 : 512;

struct Run {
  int status = 0;
  double processor_seconds = 0, wall_seconds = 0;
  long megabytes = 0;  // largest resident size of the process or one of its children
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

Run run(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
  std::vector<char*> words;
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(30);  // a hang that uses no processor time
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    ::execv(TMM_BINARY, words.data());
    ::_exit(127);
  }
  Run result;
  rusage usage{};
  ::wait4(child, &result.status, 0, &usage);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.processor_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.megabytes = usage.ru_maxrss / 1024;
  return result;
}

/// A file damaged in place and mended again: large checkpoints need not be written anew each time.
class Patient {
 public:
  Patient(const std::string& original, std::string path)
      : path_(std::move(path)), whole_(read_text(original)) {
    std::ofstream(path_, std::ios::binary) << whole_;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

  std::string damage(std::mt19937_64& random) {
    if (random() % 4 == 0) {
      const std::size_t length = random() % whole_.size();
      fs::resize_file(path_, length);
      from_ = length;
      return fmt::format("cut at {}", length);
    }
    std::string what;
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    for (std::size_t count = 1 + random() % 4; count > 0; --count) {
      // Half of them near the beginning, where headers are.
      const std::size_t at =
          random() % (random() % 2 == 0 ? whole_.size() : std::min<std::size_t>(whole_.size(), 4096));
      constexpr unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
      auto value = static_cast<unsigned char>(whole_[at] ^ (1 << (random() % 8)));
      if (random() % 2 == 0) value = values[random() % 5];
      file.seekp(static_cast<std::streamoff>(at));
      file.put(static_cast<char>(value));
      changed_.push_back(at);
      what += fmt::format("byte {} = {} ", at, value);
    }
    return what;
  }

  void mend() {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    for (const std::size_t at : changed_) file.seekp(static_cast<std::streamoff>(at)).put(whole_[at]);
    if (from_ < whole_.size())
      file.seekp(static_cast<std::streamoff>(from_))
          .write(whole_.data() + from_, static_cast<std::streamsize>(whole_.size() - from_));
    changed_.clear();
    from_ = std::string::npos;
  }

 private:
  std::string path_;
  std::string whole_;
  std::vector<std::size_t> changed_;
  std::size_t from_ = std::string::npos;
};

/// Small and large, plain and packed, of both formats; the large ones only where the reference material is.
std::vector<Patient> patients(const TemporaryFolder& folder) {
  std::vector<Patient> found;
  const auto add = [&](const std::string& original) {
    found.emplace_back(original, folder.file("patient" + std::to_string(found.size())));
  };
  for (const char* name : {"/clm_flat_toeplitz.h5", "/copy_flat_toeplitz.h5"}) {
    const std::string original = std::string(TMM_TEST_DATA) + name, other = folder.file("other");
    tmm::io::convert_checkpoint(original, other, true);
    add(original);
    add(other);
  }
  for (const char* name : {"checkpoints/copy_d512_n512_toeplitz_only.h5", "checkpoints/clm_h4.h5"})
    if (const std::string path = tmm::test::shared_file(name); !path.empty()) add(path);
  if (found.size() == 4) WARN("reference material is not here: only small checkpoints are damaged");
  return found;
}

/// Files of torch.save and numpy.
std::vector<Patient> foreign_patients(const TemporaryFolder& folder) {
  std::vector<Patient> found;
  const auto add = [&](const std::string& original) {
    found.emplace_back(original, folder.file("patient" + std::to_string(found.size())));
  };
  for (const char* name : {"transposed_strides.pt", "legacy.pt", "arrays.npz"})
    add(TMM_TEST_DATA "/form_" + std::string(name));
  for (const char* name :
       {"forms/state_dict.bin", "forms/nanogpt_style.pt", "forms/taps.npy", "families/ae_auto_s1.bin"})
    if (const std::string path = tmm::test::shared_file(name); !path.empty()) add(path);
  if (found.size() == 3) WARN("reference material is not here: only small files are damaged");
  return found;
}

void mutate(std::size_t cases, std::vector<Patient> (*make_files)(const TemporaryFolder&)) {
  const TemporaryFolder folder;
  std::mt19937_64 random(20250607);
  auto files = make_files(folder);
  std::size_t succeeded = 0, refused = 0, bad = 0;
  Run worst;
  for (std::size_t i = 0; i < cases; ++i) {
    Patient& patient = files[i % files.size()];
    const std::string what = patient.damage(random);
    std::vector<std::string> arguments{TMM_BINARY, "info", patient.path()};
    if (i / files.size() % 3 != 0)
      arguments = {TMM_BINARY, "convert", "--force", patient.path(), folder.file("made")};
    const Run result = run(arguments, folder.file("out"), folder.file("err"));
    const bool ended = WIFEXITED(result.status);
    const std::string out = read_text(folder.file("out")), err = read_text(folder.file("err"));
    const bool success = ended && WEXITSTATUS(result.status) == 0 && !out.empty();
    const bool clean = ended && WEXITSTATUS(result.status) == 1 && out.empty() && err.starts_with("tmm: ") &&
                       err.find(patient.path()) != std::string::npos && err.find('\x1b') == std::string::npos;
    success ? ++succeeded : ++refused;
    const bool bounded = result.processor_seconds <= allowed_seconds && result.megabytes <= allowed_megabytes;
    if (!(success || clean) || !bounded) {
      ++bad;
      UNSCOPED_INFO(fmt::format("case {}: {} {}: status {}, {:.2f} s, {} MB: {}", i, arguments[1], what,
                                result.status, result.processor_seconds, result.megabytes,
                                err.substr(0, 300)));
    }
    worst.processor_seconds = std::max(worst.processor_seconds, result.processor_seconds);
    worst.wall_seconds = std::max(worst.wall_seconds, result.wall_seconds);
    worst.megabytes = std::max(worst.megabytes, result.megabytes);
    patient.mend();
  }
  const std::string figures = fmt::format(
      "{} damaged files: {} read, {} refused, {} neither; at most {:.2f} s of processor time ({:.2f} s on "
      "the clock), "
      "{} MB",
      cases, succeeded, refused, bad, worst.processor_seconds, worst.wall_seconds, worst.megabytes);
  fmt::print("{}\n", figures);
  INFO(figures);
  CHECK(bad == 0);
  CHECK(succeeded > cases / 20);  // the damage is not so gross that only the first check is met
  CHECK(refused > cases / 20);
}

}  // namespace

TEST_CASE("500 damaged checkpoints: success or a clean error, within 2 s and 512 MB") {
  mutate(500, patients);
}

TEST_CASE("5000 damaged checkpoints: success or a clean error, within 2 s and 512 MB", "[slow]") {
  mutate(5000, patients);
}

TEST_CASE("500 damaged files of torch.save and numpy: success or a clean error, within 2 s and 512 MB") {
  mutate(500, foreign_patients);
}

TEST_CASE("5000 damaged files of torch.save and numpy: success or a clean error, within 2 s and 512 MB",
          "[slow]") {
  mutate(5000, foreign_patients);
}
