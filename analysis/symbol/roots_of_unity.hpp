// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace tmm::analysis {

/// Unit round-off of double precision, u = 2^−53.
inline constexpr double unit_roundoff = 0x1p-53;

/// Tables that depend on a size alone, made once and shared while somebody uses them. The latest ones are
/// kept alive up to 2^19 entries together, and the very latest whatever its size: an analysis needs several
/// sizes in turn, and making a table takes longer than using it. Thread-safe.
template <class Table>
class SharedBySize {
 public:
  std::shared_ptr<const Table> get(std::size_t size) {
    const std::lock_guard lock(guard_);
    std::shared_ptr<const Table> found = tables_[size].lock();
    if (!found) tables_[size] = found = std::make_shared<const Table>(size);
    keep(size, found);
    return found;
  }

 private:
  struct Kept {
    std::size_t size;
    std::shared_ptr<const Table> table;
  };

  void keep(std::size_t size, const std::shared_ptr<const Table>& table) {
    constexpr std::size_t most = std::size_t{1} << 19;
    std::erase_if(latest_, [&](const Kept& kept) { return kept.size == size; });
    latest_.push_back({size, table});
    std::size_t sum = 0;
    for (const Kept& kept : latest_) sum += kept.size;
    for (; sum > most && latest_.size() > 1; latest_.erase(latest_.begin())) sum -= latest_.front().size;
  }

  std::mutex guard_;
  std::map<std::size_t, std::weak_ptr<const Table>> tables_;
  std::vector<Kept> latest_;  // the very latest at the end
};

/// The order-th roots of unity e^{2πi j/order}, order a power of two, each within `error` of the truth in
/// modulus.
///
/// Proof of the bound: j = hi·B + lo; both factors come from MPFR tables rounded to 64 bits or more, so a
/// component of their product is off by less than 2^−61, and rounding it to double adds at most 2^−54. In
/// modulus: √2·(2^−54 + 2^−61) < 0.72 u.
class RootsOfUnity {
 public:
  static constexpr double error = 0.72 * unit_roundoff;

  explicit RootsOfUnity(std::size_t order);

  /// The table of that order, made once and shared.
  static std::shared_ptr<const RootsOfUnity> table(std::size_t order);

  /// e^{2πi j/order}; any j.
  [[nodiscard]] std::complex<double> operator()(std::size_t j) const {
    j &= order_ - 1;
    const Extended& a = coarse_[j >> shift_];
    const Extended& b = fine_[j & (fine_.size() - 1)];
    return {static_cast<double>(a.re * b.re - a.im * b.im), static_cast<double>(a.re * b.im + a.im * b.re)};
  }

 private:
  struct Extended {
    long double re, im;
  };
  std::size_t order_;
  int shift_;
  std::vector<Extended> coarse_;  // e^{2πi j B/order}
  std::vector<Extended> fine_;    // e^{2πi j/order}, j < B
};

}  // namespace tmm::analysis
