// SPDX-License-Identifier: MIT
#include "apps/interrupt.hpp"

#include <csignal>
#include <ctime>

namespace tmm::apps {
namespace {

std::atomic<bool> flag{false};
std::atomic<int> number{0};
std::atomic<long long> first_ns{0};  // when the first signal came, on the monotonic clock
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
                  std::atomic<long long>::is_always_lock_free,
              "a signal handler may touch these");

/// Signals this close to the first one are the same request: timeout(1) and batch systems send theirs to the
/// process and then to its group, a moment apart.
constexpr long long same_request_ns = 1'000'000'000;

// All that it calls is on the list of signal-safety(7).
void handle(int signal) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const long long now_ns = now.tv_sec * 1'000'000'000LL + now.tv_nsec;
  if (!flag.load()) {
    first_ns.store(now_ns);
    number.store(signal);
    flag.store(true);
  } else if (now_ns - first_ns.load() > same_request_ns) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);  // blocked while this handler runs, so it takes effect on return
  }
}

}  // namespace

Interrupt::Interrupt() {
  flag.store(false);
  number.store(0);
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&action.sa_mask, signal);  // one handler at a time
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    ::sigaction(signal, &action, &before);
    if (before.sa_handler == SIG_IGN) std::signal(signal, SIG_IGN);  // nohup, and jobs in the background
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

Interrupt::~Interrupt() {
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == handle) std::signal(signal, SIG_DFL);
  }
}

const std::atomic<bool>& Interrupt::requested() const {
  return flag;
}

int Interrupt::signal() const {
  return number.load();
}

}  // namespace tmm::apps
