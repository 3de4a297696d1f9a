// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace tmm::model {

/// Memory aligned for SIMD transforms. The same alignment everywhere makes FFTW choose the same kernels, so
/// results repeat bit for bit.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  AlignedAllocator() = default;
  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, alignment); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

/// Discrete Fourier transform of real data of one fixed length N, and its inverse:
///   forward   X_k = Σ_{t<N} x_t e^{−2πi kt/N},  0 ≤ k ≤ N/2
///   inverse   x_t = Σ_{k<N} X_k e^{+2πi kt/N},  X_{N−k} = conj X_k  (not divided by N)
/// A plan is made once and may be used by any number of threads at a time. Plans are made by FFTW_ESTIMATE,
/// never by timing, so that results repeat bit for bit.
template <class Real>
class RealFft {
 public:
  using Complex = std::complex<Real>;

  /// The plan of length N ≥ 1; all who ask for one length share it. Short plans are kept for the
  /// life of the process, because making one takes longer than using it; long ones while anyone holds them.
  static std::shared_ptr<const RealFft> of_length(std::size_t length);

  ~RealFft();
  RealFft(const RealFft&) = delete;
  RealFft& operator=(const RealFft&) = delete;

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] std::size_t spectrum_size() const { return length_ / 2 + 1; }

  /// x: N values, spectrum: N/2 + 1 values, both the data() of an AlignedVector. x is left as it was.
  void forward(const Real* x, Complex* spectrum) const;
  /// Overwrites `spectrum` with rubbish.
  void inverse(Complex* spectrum, Real* x) const;

 private:
  explicit RealFft(std::size_t length);
  struct Plans;
  std::size_t length_;
  std::unique_ptr<Plans> plans_;
};

extern template class RealFft<float>;
extern template class RealFft<double>;

/// Smallest even N ≥ `at_least` with no prime factor above 7: the lengths that FFTW transforms fast.
std::size_t fast_fft_length(std::size_t at_least);

}  // namespace tmm::model
