// SPDX-License-Identifier: MIT
#include "analysis/base/lapack.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace tmm::analysis;

namespace {

/// Numbers that end where what is mapped ends: to read beyond them is a fault.
class LastOfMemory {
 public:
  explicit LastOfMemory(std::size_t count) : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    const std::size_t bytes = count * sizeof(double);
    mapped_ = (bytes + page_ - 1) / page_ * page_;
    start_ = static_cast<char*>(
        ::mmap(nullptr, mapped_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(static_cast<void*>(start_) != MAP_FAILED);
    REQUIRE(::mprotect(start_ + mapped_, page_, PROT_NONE) == 0);
    numbers_ = reinterpret_cast<double*>(start_ + mapped_ - bytes);
  }
  ~LastOfMemory() { ::munmap(start_, mapped_ + page_); }
  LastOfMemory(const LastOfMemory&) = delete;
  LastOfMemory& operator=(const LastOfMemory&) = delete;
  [[nodiscard]] double* data() const { return numbers_; }

 private:
  std::size_t page_;
  std::size_t mapped_ = 0;
  char* start_ = nullptr;
  double* numbers_ = nullptr;
};

}  // namespace

TEST_CASE("dsytrd reads nothing beyond its arrays, at every size around its block of 32 columns") {
  for (int n = 1; n <= 70; ++n) {
    CAPTURE(n);
    const auto count = static_cast<std::size_t>(n);
    const LastOfMemory a(count * count), d(count), e(count), tau(count);
    double squares = 0;
    for (int j = 0; j < n; ++j)
      for (int i = j; i < n; ++i) {
        const double entry = std::cos(3.0 * i + j) / (1 + i + j);
        a.data()[j * n + i] = entry;
        squares += (i == j ? 1 : 2) * entry * entry;
      }
    REQUIRE(lapack::dsytrd_lower(n, a.data(), d.data(), e.data(), tau.data()) == 0);
    // Q is orthogonal: the Frobenius norm stays.
    double reduced = 0;
    for (int i = 0; i < n; ++i) {
      reduced += d.data()[i] * d.data()[i];
      if (i + 1 < n) reduced += 2 * e.data()[i] * e.data()[i];
    }
    CHECK(reduced == Approx(squares).epsilon(1e-13));
  }
}
