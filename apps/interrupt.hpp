// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace tmm::apps {

/// While an object of this class lives, the first SIGINT or SIGTERM sets a flag instead of ending the
/// process; one that comes more than a second later ends it at once (closer ones are the same request:
/// timeout(1) sends each signal twice). SIGXFSZ is ignored, so that a limit on file sizes is an error of the
/// write that meets it. One object at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] const std::atomic<bool>& requested() const;
  [[nodiscard]] int signal() const;  ///< its number, 0 before it comes
};

}  // namespace tmm::apps
