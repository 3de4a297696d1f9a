// SPDX-License-Identifier: MIT
#include "python/bindings/calls.hpp"

#include <cblas.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "analysis/base/thread_caches.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;
using namespace std::chrono_literals;

constexpr auto look_for_signals_every = 50ms;
constexpr auto patience = 200ms;  ///< between a signal and leaving the work alone

/// Work whose caller has been interrupted and did not wait for it.
std::atomic<int> left_alone = 0;

/// While threads still compute, nothing that they use may be destroyed: the process ends without that.
void end_with_threads(int status, void* /*unused*/) {
  if (left_alone == 0) return;
  std::fflush(nullptr);
  ::_exit(status);
}

struct Call {
  std::function<void(const Stop&)> work;
  Stop stop;
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  bool alone = false;
  std::exception_ptr failure;

  void operator()() {
    analysis::free_caches_at_thread_end();
    std::exception_ptr thrown;
    try {
      work(stop);
    } catch (...) {
      thrown = std::current_exception();
    }
    work = nullptr;  // what it owns is gone before the caller goes on
    const std::lock_guard lock(mutex);
    failure = std::move(thrown);
    done = true;
    if (alone) --left_alone;
    finished.notify_one();
  }

  template <class Duration>
  bool done_within(Duration time) {
    std::unique_lock lock(mutex);
    return finished.wait_for(lock, time, [this] { return done; });
  }

  /// After a signal: waits a moment for the work to end. Whether it did not.
  bool give_up() {
    stop.request();
    if (done_within(patience)) return false;
    const std::lock_guard lock(mutex);
    if (done) return false;
    static std::once_flag once;
    std::call_once(once, [] { ::on_exit(end_with_threads, nullptr); });
    alone = true;
    ++left_alone;
    return true;
  }
};

/// Whether the handler of a signal that has come raises an exception, which is set then.
bool interrupted() {
  const py::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}

}  // namespace

void run_interruptible(std::function<void(const Stop&)> work) {
  const auto call = std::make_shared<Call>();
  call->work = std::move(work);
  bool raised = false;
  {
    const py::gil_scoped_release release;
    std::thread thread([call] { (*call)(); });
    while (!raised && !call->done_within(look_for_signals_every)) raised = interrupted();
    if (raised && call->give_up())
      thread.detach();
    else
      thread.join();
  }
  if (raised) throw py::error_already_set();
  if (call->failure) std::rethrow_exception(call->failure);
}

namespace {

/// Debian's OpenBLAS comes in three builds of one name. Whichever numpy has loaded is the one in this
/// process, and that without threads has no locks around its buffers.
bool blas_is_for_threads() {
  return openblas_get_parallel() != OPENBLAS_SEQUENTIAL;
}

}  // namespace

BlasTurn::BlasTurn() {
  static std::mutex mutex;
  if (!blas_is_for_threads()) turn_ = std::unique_lock(mutex);
}

std::size_t team_size(std::optional<int> threads) {
  const int wanted = threads.value_or(0);
  if (wanted < 0)
    throw ArgumentError(
        "a number of threads below 0",
        {"", "threads", "a positive number, or None for all processors", std::to_string(wanted), ""});
  if (!blas_is_for_threads()) return 1;
  return wanted == 0 ? model::default_threads() : static_cast<std::size_t>(wanted);
}

}  // namespace tmm::python
