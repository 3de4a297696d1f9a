// SPDX-License-Identifier: MIT
#include "model/toeplitz/fft.hpp"

#include <fftw3.h>

#include <map>
#include <mutex>

#include "model/base/error.hpp"

namespace tmm::model {
namespace {

// FFTW's planner is not thread-safe; executing a plan is.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

// The C names of FFTW's precisions behind one interface.
template <class Real>
struct Fftw;

#define TMM_FFTW(REAL, PREFIX)                                                                    \
  template <>                                                                                     \
  struct Fftw<REAL> {                                                                             \
    using Plan = PREFIX##_plan;                                                                   \
    using Complex = PREFIX##_complex;                                                             \
    static Plan forward(int n, REAL* x, Complex* y) {                                             \
      return PREFIX##_plan_dft_r2c_1d(n, x, y, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);              \
    }                                                                                             \
    static Plan inverse(int n, Complex* y, REAL* x) {                                             \
      return PREFIX##_plan_dft_c2r_1d(n, y, x, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);               \
    }                                                                                             \
    static void destroy(Plan plan) { PREFIX##_destroy_plan(plan); }                               \
    static void execute(Plan plan, REAL* x, Complex* y) { PREFIX##_execute_dft_r2c(plan, x, y); } \
    static void execute(Plan plan, Complex* y, REAL* x) { PREFIX##_execute_dft_c2r(plan, y, x); } \
  }
TMM_FFTW(double, fftw);
TMM_FFTW(float, fftwf);
#undef TMM_FFTW

}  // namespace

template <class Real>
struct RealFft<Real>::Plans {
  typename Fftw<Real>::Plan forward = nullptr;
  typename Fftw<Real>::Plan inverse = nullptr;

  explicit Plans(std::size_t length) {
    AlignedVector<Real> x(length);
    AlignedVector<Complex> y(length / 2 + 1);
    auto* spectrum = reinterpret_cast<typename Fftw<Real>::Complex*>(y.data());
    forward = Fftw<Real>::forward(static_cast<int>(length), x.data(), spectrum);
    inverse = Fftw<Real>::inverse(static_cast<int>(length), spectrum, x.data());
  }
  ~Plans() {
    const std::lock_guard lock(planner_mutex());
    Fftw<Real>::destroy(forward);
    Fftw<Real>::destroy(inverse);
  }
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;
};

template <class Real>
RealFft<Real>::RealFft(std::size_t length) : length_(length) {
  constexpr std::size_t largest = std::size_t{1} << 30;  // FFTW's basic interface counts in int
  if (length == 0 || length > largest)
    throw ArgumentError("no Fourier transform of this length",
                        {"", "", "1 to 2^30", std::to_string(length), ""});
  const std::lock_guard lock(planner_mutex());
  plans_ = std::make_unique<Plans>(length);
}

template <class Real>
RealFft<Real>::~RealFft() = default;

template <class Real>
std::shared_ptr<const RealFft<Real>> RealFft<Real>::of_length(std::size_t length) {
  (void)planner_mutex();  // built before the plans kept here, so that it outlives them
  static std::mutex mutex;
  static std::map<std::size_t, std::weak_ptr<const RealFft>> plans;
  static std::map<std::size_t, std::shared_ptr<const RealFft>> kept;
  constexpr std::size_t largest_kept = std::size_t{1} << 17;
  const std::lock_guard lock(mutex);
  auto& known = plans[length];
  auto plan = known.lock();
  if (!plan) known = plan = std::shared_ptr<const RealFft>(new RealFft(length));
  if (length <= largest_kept) kept.emplace(length, plan);
  return plan;
}

// FFTW's interface is not const-correct; FFTW_PRESERVE_INPUT promises that x is only read.
template <class Real>
void RealFft<Real>::forward(const Real* x, Complex* spectrum) const {
  Fftw<Real>::execute(plans_->forward, const_cast<Real*>(x),
                      reinterpret_cast<typename Fftw<Real>::Complex*>(spectrum));
}

template <class Real>
void RealFft<Real>::inverse(Complex* spectrum, Real* x) const {
  Fftw<Real>::execute(plans_->inverse, reinterpret_cast<typename Fftw<Real>::Complex*>(spectrum), x);
}

template class RealFft<float>;
template class RealFft<double>;

std::size_t fast_fft_length(std::size_t at_least) {
  for (std::size_t length = at_least + at_least % 2;; length += 2) {
    std::size_t rest = length;
    for (const std::size_t prime : {2U, 3U, 5U, 7U})
      while (rest != 0 && rest % prime == 0) rest /= prime;
    if (rest == 1) return length;
  }
}

}  // namespace tmm::model
