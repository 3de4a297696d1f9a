// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace tmm::python {

/// What Stop::check throws.
struct Stopped {};

/// Tells a long call that its result is no longer wanted.
class Stop {
 public:
  void request() { requested_ = true; }
  [[nodiscard]] bool requested() const { return requested_; }
  /// To be called between pieces of work. Throws Stopped.
  void check() const {
    if (requested_) throw Stopped{};
  }

 private:
  std::atomic<bool> requested_ = false;
};

/// Runs `work` on a thread of its own, without the GIL, while the caller's thread looks for signals: what
/// their handlers raise (KeyboardInterrupt) ends the call within a quarter of a second. Work that has not
/// looked at `stop` until then goes on in the background, without effect, up to where it does. So `work` must
/// own all that it refers to. Objects of Python it may touch only with the GIL, and destroy only with it.
/// Call with the GIL.
void run_interruptible(std::function<void(const Stop&)> work);

/// The same for work with a result.
template <class Work>
auto run(Work work) {
  using Result = std::invoke_result_t<Work&, const Stop&>;
  struct State {
    Work work;
    std::optional<Result> result;
  };
  const auto state = std::make_shared<State>(State{std::move(work), std::nullopt});
  run_interruptible([state](const Stop& stop) { state->result.emplace(state->work(stop)); });
  return *std::move(state->result);
}

/// The same, but `brief` work, which takes a few milliseconds at most, is done at once on the caller's
/// thread: a thread of its own would cost more. No signal ends it.
template <class Work>
auto run(bool brief, Work work) {
  if (!brief) return run(std::move(work));
  const pybind11::gil_scoped_release release;
  return work(Stop{});
}

/// Held around whatever calls BLAS: where OpenBLAS is a build that several threads must not call at a time,
/// one after the other has its turn. Everywhere else it does nothing. Take it without the GIL.
class BlasTurn {
 public:
  BlasTurn();

 private:
  std::unique_lock<std::mutex> turn_;
};

/// The number of threads that the argument `threads` of a call means: 0 (None) for as many as there are
/// processors, or OMP_NUM_THREADS. One where OpenBLAS is a build that must not be called by several. Throws
/// ArgumentError for a negative number.
std::size_t team_size(std::optional<int> threads);

}  // namespace tmm::python
