// SPDX-License-Identifier: MIT
#include "io/sandbox/child_process.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include "io/files/descriptor.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t maximum_answer = 64U << 20U;

/// Zeroed memory that a process shares with the children it forks; only pages that are touched cost anything.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes) : size_(std::max<std::size_t>(bytes, 1)) {
    void* start =
        ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
      throw FileError(std::string("cannot get memory to share: ") + std::strerror(errno));
    start_ = static_cast<std::byte*>(start);
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(start_, size_); }
  [[nodiscard]] std::byte* start() const { return start_; }

 private:
  std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

enum class Outcome : std::uint64_t { none = 0, done, format_error, file_error, argument_error, other_error };

/// Start of the memory of the answer; its text follows. `outcome` is written last.
struct AnswerHeader {
  Outcome outcome;
  std::uint64_t size;
};

void answer(const SharedMemory& shared, Outcome outcome, std::string_view text) {
  auto* header = reinterpret_cast<AnswerHeader*>(shared.start());
  if (text.size() > maximum_answer) {
    outcome = Outcome::other_error;
    text = "its header is too large";
  }
  std::memcpy(shared.start() + sizeof(AnswerHeader), text.data(), text.size());
  header->size = text.size();
  header->outcome = outcome;
}

/// The child's work, given its end of the channel.
using Work = std::function<std::string(int channel)>;

[[noreturn]] void run_child(const SharedMemory& shared, const ChildLimits& limits, int channel,
                            const Work& work) {
  restrict_process(limits, channel);
  try {
    answer(shared, Outcome::done, work(channel));
  } catch (const FormatError& e) {
    answer(shared, Outcome::format_error, e.what());
  } catch (const FileError& e) {
    answer(shared, Outcome::file_error, e.what());
  } catch (const ArgumentError& e) {
    answer(shared, Outcome::argument_error, e.what());
  } catch (const std::bad_alloc&) {
    answer(shared, Outcome::other_error, "reading it takes more memory than it may have");
  } catch (const std::exception& e) {
    answer(shared, Outcome::other_error, e.what());
  }
  ::_exit(0);  // without the parent's exit handlers and buffers
}

/// A forked child, and the parent's end of a channel of single bytes to it. The channel closes when the child
/// ends, however it ends.
class Child {
 public:
  Child(std::string path, const ChildLimits& limits, const Work& work)
      : path_(std::move(path)),
        shared_(sizeof(AnswerHeader) + maximum_answer),
        // The limit on processor time does the work; this one is for a child that waits, on a busy machine.
        deadline_(std::chrono::steady_clock::now() +
                  std::chrono::seconds(std::min<std::uint64_t>(60 + 20 * limits.seconds, 100'000))) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) cannot_start();
    for (int& end : ends) end = beyond_standard_streams(end);
    channel_ = ends[0];
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      run_child(shared_, limits, ends[1], work);
    }
    ::close(ends[1]);
    if (child_ < 0) {
      ::close(channel_);
      cannot_start();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (child_ > 0) end(true);
    ::close(channel_);
  }

  /// Waits for a byte from the child; false if it has ended, or will not.
  [[nodiscard]] bool heard() {
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
      pollfd state{channel_, POLLIN, 0};
      const int ready = ::poll(&state, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) {
        endless_ = true;
        return false;
      }
      char byte = 0;
      const ssize_t count = ::read(channel_, &byte, 1);
      if (count < 0 && errno == EINTR) continue;
      return count == 1;
    }
  }
  /// A child that is gone is met at the next heard().
  void tell() const { (void)::send(channel_, "", 1, MSG_NOSIGNAL); }

  /// What the child answers, once it has ended.
  std::string take_answer() {
    const bool more = heard();  // a child of ours has nothing to say after its pieces
    end(more || endless_);
    AnswerHeader header{};
    std::memcpy(&header, shared_.start(), sizeof header);
    if (more || header.outcome == Outcome::none || header.size > maximum_answer) {
      const int signal = WIFSIGNALED(status_) ? WTERMSIG(status_) : 0;
      const bool never = endless_ || signal == SIGXCPU || (signal == SIGKILL && !more);
      throw FormatError(never ? "HDF5 does not come to an end on this file: it is damaged"
                              : "HDF5 crashes on this file: it is damaged",
                        {path_, "", "", "", ""});
    }
    std::string text(reinterpret_cast<const char*>(shared_.start()) + sizeof header, header.size);
    switch (header.outcome) {
      case Outcome::done:
        return text;
      case Outcome::file_error:
        throw FileError(text);
      case Outcome::argument_error:
        throw ArgumentError(text);
      case Outcome::format_error:
        throw FormatError(text);
      default:
        throw FormatError(text, {path_, "", "", "", ""});
    }
  }

 private:
  [[noreturn]] void cannot_start() const {
    throw FileError(std::string("cannot start a process to read this in: ") + std::strerror(errno),
                    {path_, "", "", "", ""});
  }
  void end(bool kill) {
    if (kill) ::kill(child_, SIGKILL);
    while (::waitpid(child_, &status_, 0) < 0 && errno == EINTR) continue;
    child_ = -1;
  }

  std::string path_;
  SharedMemory shared_;
  std::chrono::steady_clock::time_point deadline_;
  int channel_ = -1, status_ = 0;
  pid_t child_ = -1;
  bool endless_ = false;
};

}  // namespace

std::string run_in_child(const std::string& path, const ChildLimits& limits,
                         const std::function<std::string()>& work) {
  return Child(path, limits, [&](int) { return work(); }).take_answer();
}

void stream_from_child(const std::string& path, const ChildLimits& limits, std::span<const std::size_t> sizes,
                       const Producer& produce, const Consumer& consume) {
  constexpr std::size_t rooms = 2;
  const std::size_t room = sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end());
  const SharedMemory window(std::min(rooms, sizes.size()) * room);
  const auto piece = [&](std::size_t i) { return std::span(window.start() + i % rooms * room, sizes[i]); };

  Child child(path, limits, [&](int channel) {
    char byte = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i >= rooms && ::read(channel, &byte, 1) != 1) ::_exit(1);  // until piece i − rooms has been taken
      produce(i, piece(i));
      if (::write(channel, &byte, 1) != 1) ::_exit(1);
    }
    return std::string();
  });
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (!child.heard()) {
      child.take_answer();
      throw FormatError("HDF5 ends before its work", {path, "", "", "", ""});
    }
    consume(i, piece(i));
    if (i + rooms < sizes.size()) child.tell();
  }
  child.take_answer();
}

}  // namespace tmm::io
