// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/resolvent_norm.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>

#include "analysis/base/lapack.hpp"
#include "analysis/pseudospectra/shifted_inverse.hpp"
#include "analysis/symbol/symbol_evaluator.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/base/random_source.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;
constexpr double unit = 0x1p-53;
constexpr std::size_t points_at_a_time = 16;
// A value less certain than this is none: only its bracket is known.
constexpr double largest_error = 1e-2;

/// x ↦ conj(J T_n(b) x) on complex vectors whose real and imaginary parts stand apart.
class ReflectedProduct {
 public:
  explicit ReflectedProduct(std::size_t n)
      : n_(n), fft_(model::RealFft<double>::of_length(model::fast_fft_length(2 * n))) {
    for (auto* padded : {&padded_re_, &padded_im_}) padded->resize(fft_->length());
    for (auto* spectrum : {&b_re_, &b_im_, &x_re_, &x_im_}) spectrum->resize(fft_->spectrum_size());
  }

  void set(const ShiftedInverse& b) {
    transform(b.re, padded_re_, b_re_);
    transform(b.im, padded_im_, b_im_);
    largest_ = 0;
    const double scale = 1.0 / static_cast<double>(fft_->length());
    for (std::size_t k = 0; k < b_re_.size(); ++k) {
      // |b̂| at ±k, of b = re + i im
      largest_ = std::max({largest_, std::abs(b_re_[k] + Complex(0, 1) * b_im_[k]),
                           std::abs(std::conj(b_re_[k]) + Complex(0, 1) * std::conj(b_im_[k]))});
      b_re_[k] *= scale;
      b_im_[k] *= scale;
    }
  }

  [[nodiscard]] double largest_value() const { return largest_; }

  void apply(std::span<const double> re, std::span<const double> im, std::span<double> out_re,
             std::span<double> out_im) {
    transform(re, padded_re_, x_re_);
    transform(im, padded_im_, x_im_);
    for (std::size_t k = 0; k < x_re_.size(); ++k) {
      const Complex xr = x_re_[k], xi = x_im_[k];
      x_re_[k] = times(b_re_[k], xr) - times(b_im_[k], xi);
      x_im_[k] = times(b_re_[k], xi) + times(b_im_[k], xr);
    }
    fft_->inverse(x_re_.data(), padded_re_.data());
    fft_->inverse(x_im_.data(), padded_im_.data());
    for (std::size_t t = 0; t < n_; ++t) {
      out_re[t] = padded_re_[n_ - 1 - t];
      out_im[t] = -padded_im_[n_ - 1 - t];
    }
  }

 private:
  void transform(std::span<const double> x, model::AlignedVector<double>& padded,
                 model::AlignedVector<Complex>& spectrum) {
    std::ranges::copy(x, padded.begin());
    std::fill(padded.begin() + static_cast<std::ptrdiff_t>(n_), padded.end(), 0.0);
    fft_->forward(padded.data(), spectrum.data());
  }

  std::size_t n_;
  std::shared_ptr<const model::RealFft<double>> fft_;
  model::AlignedVector<double> padded_re_, padded_im_;
  model::AlignedVector<Complex> b_re_, b_im_, x_re_, x_im_;
  double largest_ = 0;
};

struct RitzValue {
  double value = 0, residual = std::numeric_limits<double>::infinity();
};

/// |last entry| of the unit eigenvector of the tridiagonal matrix (diagonal, beside) for its eigenvalue θ, by
/// the twisted factorisation (Dhillon & Parlett, Linear Algebra Appl. 387, 2004): from the entry where the
/// eliminations from both ends meet, entries fall off to both sides without cancellation.
double last_entry(const std::vector<double>& diagonal, const std::vector<double>& beside, double theta) {
  const std::size_t k = diagonal.size();
  const double tiny = std::numeric_limits<double>::min();
  const auto pivot = [&](std::size_t i, double square, double before) {
    const double value = diagonal[i] - theta - square / before;
    return value == 0 ? tiny : value;
  };
  std::vector<double> down(k), up(k);
  down[0] = pivot(0, 0, 1);
  for (std::size_t i = 1; i < k; ++i) down[i] = pivot(i, beside[i - 1] * beside[i - 1], down[i - 1]);
  up[k - 1] = pivot(k - 1, 0, 1);
  for (std::size_t i = k - 1; i-- > 0;) up[i] = pivot(i, beside[i] * beside[i], up[i + 1]);
  std::size_t twist = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < k; ++i)
    if (const double size = std::fabs(down[i] + up[i] - (diagonal[i] - theta)); size < least) {
      least = size;
      twist = i;
    }
  double sum = 1, entry = 1;
  for (std::size_t i = twist; i-- > 0;) {
    entry *= beside[i] / down[i];
    sum += entry * entry;
  }
  entry = 1;
  for (std::size_t i = twist; i + 1 < k; ++i) {
    entry *= beside[i] / up[i + 1];
    sum += entry * entry;
  }
  return std::fabs(entry) / std::sqrt(sum);
}

/// The eigenvalue of largest modulus of the tridiagonal matrix with `diagonal` (k) and `beside` (k; the last
/// entry leads out of it), and its residual: that last entry times the last one of the eigenvector.
RitzValue largest_ritz_value(const std::vector<double>& diagonal, const std::vector<double>& beside) {
  std::vector<double> values = diagonal, off(beside.begin(), beside.end() - 1);
  off.push_back(0);
  if (lapack::dsterf(static_cast<int>(values.size()), values.data(), off.data()) != 0) return {};
  const double theta = std::fabs(values.front()) > values.back() ? values.front() : values.back();
  return {std::fabs(theta), beside.back() * last_entry(diagonal, beside, theta)};
}

/// Lanczos on the reflected product, from one start for all: the result depends on b alone.
class Lanczos {
 public:
  explicit Lanczos(std::size_t n) : product_(n) {
    for (auto* x : {&re_, &im_, &last_re_, &last_im_, &next_re_, &next_im_, &start_re_, &start_im_})
      x->resize(n);
    model::RandomSource random({n});
    for (std::size_t t = 0; t < n; ++t) {
      start_re_[t] = random.normal();
      start_im_[t] = random.normal();
    }
  }

  RitzValue run(const ShiftedInverse& b, const ResolventOptions& options) {
    product_.set(b);
    re_ = start_re_;
    im_ = start_im_;
    std::ranges::fill(last_re_, 0);
    std::ranges::fill(last_im_, 0);
    scale(re_, im_, 1 / norm(re_, im_));
    std::vector<double> diagonal, beside;
    RitzValue best;
    // A real symmetric operator of order 2n ends by itself then.
    const std::size_t most = std::min(options.most_steps, 2 * re_.size());
    for (std::size_t next_check = 3;;) {
      step(diagonal, beside);
      const bool over = diagonal.size() >= most || !(beside.back() > 0);
      if (diagonal.size() < next_check && !over) continue;
      best = largest_ritz_value(diagonal, beside);
      if (over || best.residual <= options.tolerance * best.value) return best;
      next_check = diagonal.size() + std::max<std::size_t>(2, diagonal.size() / 5);
    }
  }

  [[nodiscard]] double rounding() const {
    return 12 * unit * std::log2(2.0 * static_cast<double>(re_.size())) * product_.largest_value();
  }

 private:
  using Vector = std::vector<double>;

  void step(Vector& diagonal, Vector& beside) {
    product_.apply(re_, im_, next_re_, next_im_);
    const double before = beside.empty() ? 0 : beside.back();
    double along = 0;
    for (std::size_t t = 0; t < re_.size(); ++t) along += re_[t] * next_re_[t] + im_[t] * next_im_[t];
    for (std::size_t t = 0; t < re_.size(); ++t) {
      next_re_[t] -= along * re_[t] + before * last_re_[t];
      next_im_[t] -= along * im_[t] + before * last_im_[t];
    }
    const double length = norm(next_re_, next_im_);
    diagonal.push_back(along);
    beside.push_back(length);
    if (length > 0) scale(next_re_, next_im_, 1 / length);
    std::swap(last_re_, re_);
    std::swap(last_im_, im_);
    std::swap(re_, next_re_);
    std::swap(im_, next_im_);
  }

  static double norm(const Vector& re, const Vector& im) {
    double sum = 0;
    for (std::size_t t = 0; t < re.size(); ++t) sum += re[t] * re[t] + im[t] * im[t];
    return std::sqrt(sum);
  }
  static void scale(Vector& re, Vector& im, double factor) {
    for (double& x : re) x *= factor;
    for (double& x : im) x *= factor;
  }

  ReflectedProduct product_;
  Vector re_, im_, last_re_, last_im_, next_re_, next_im_, start_re_, start_im_;
};

/// 2^exponent/x.
ScaledReal reciprocal(double x, std::int64_t exponent) {
  return ScaledReal::from_binary(1 / x, exponent);
}

ResolventNorm norm_of(const ShiftedInverse& b, int shift, Lanczos& lanczos, const ResolventOptions& options) {
  ResolventNorm result;
  if (b.re.empty()) {  // T_n − w_0 is nilpotent
    result.status = Status::certified;
    return result;
  }
  const std::int64_t exponent = shift - b.exponent;  // T − λ = 2^shift·(scaled one)
  const double n = static_cast<double>(b.re.size());
  result.lower = reciprocal(b.norm1 + b.error + n * unit * b.norm1, exponent);
  result.upper = reciprocal(std::max(b.norm2 - b.error - n * unit * b.norm2, 0.0), exponent);
  const RitzValue ritz = lanczos.run(b, options);
  const double error = ritz.residual + lanczos.rounding() + b.error;
  result.relative_error = error / ritz.value;
  if (result.relative_error < largest_error) {
    result.sigma_min = reciprocal(ritz.value, exponent);
  } else {
    result.status = Status::below_precision;
    result.sigma_min = result.upper;
  }
  return result;
}

}  // namespace

std::vector<ResolventNorm> resolvent_norms(std::span<const double> taps,
                                           std::span<const std::complex<double>> points,
                                           const ResolventOptions& options) {
  for (const Complex z : points)
    if (!std::isfinite(z.real()) || !std::isfinite(z.imag()))
      throw ArgumentError("a point of the plane is not finite", {"", "points", "finite numbers", "", ""});
  if (taps.empty()) throw ArgumentError("no taps", {"", "taps", "n >= 1 of them", "0", ""});
  double largest = 0;
  for (const double w : taps) {
    if (!std::isfinite(w)) throw ArgumentError("a tap is not finite", {"", "taps", "finite numbers", "", ""});
    largest = std::max(largest, std::fabs(w));
  }
  int shift = 0;
  if (largest > 0) std::frexp(largest, &shift);
  std::vector<double> scaled(taps.begin(), taps.end());
  for (double& w : scaled) w = std::ldexp(w, -shift);

  std::vector<ResolventNorm> norms(points.size());
  const std::size_t pieces = (points.size() + points_at_a_time - 1) / points_at_a_time;
  std::vector<std::unique_ptr<Lanczos>> workers(options.threads);
  model::parallel_for(pieces, options.threads, [&](std::size_t piece, std::size_t worker) {
    if (!workers[worker]) workers[worker] = std::make_unique<Lanczos>(taps.size());
    const std::size_t first = piece * points_at_a_time;
    std::vector<Complex> some;
    for (std::size_t i = first; i < std::min(first + points_at_a_time, points.size()); ++i)
      some.emplace_back(std::ldexp(points[i].real(), -shift), std::ldexp(points[i].imag(), -shift));
    const auto inverses = shifted_inverses(scaled, some);
    for (std::size_t i = 0; i < some.size(); ++i)
      norms[first + i] = norm_of(inverses[i], shift, *workers[worker], options);
  });
  return norms;
}

}  // namespace tmm::analysis
