// SPDX-License-Identifier: MIT
#include "analysis/symbol/taylor_jets.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "model/base/vector_clones.hpp"

namespace tmm::analysis {
namespace {

constexpr std::size_t block = 128;  // weights that are made ready together

/// What the latest jets of this thread left for the next ones. An allocator gives a piece of this size back
/// to the system at once, and the page faults of the next one take longer than its transforms at n = 1024.
constexpr std::size_t largest_spare = std::size_t{1} << 18;
thread_local std::vector<double> spare;

}  // namespace

Jet shift_jet(const Jet& q, double s0, int depth) {
  // Repeated synthetic division. The path of q_j into coefficient m holds j − m products and at most M sums,
  // each within u (products of a real and a complex number, complex sums): relative error below 3M u on
  // C(j,m)|q_j||s₀|^{j−m}, and Σ_m r^m Σ_j C(j,m)|q_j||s₀|^{j−m} = Σ_j |q_j|(|s₀| + r)^j ≤ Σ_j |q_j|. Powers
  // of r = 2^−depth are exact.
  Jet t = q;
  if (s0 != 0)
    for (int i = 0; i < jet_order; ++i)
      for (int j = jet_order - 1; j >= i; --j)
        t[static_cast<std::size_t>(j)] += s0 * t[static_cast<std::size_t>(j) + 1];
  if (depth != 0) {
    const double r = std::ldexp(1.0, -depth);
    double power = 1;
    for (auto& coefficient : t) {
      coefficient *= power;
      power *= r;
    }
  }
  return t;
}

TMM_CLONES("avx512f", "avx2", "default") JetModuli moduli(const Jet& q) {
  JetModuli moduli{};
  TMM_INDEPENDENT
  for (std::size_t m = 0; m < q.size(); ++m)
    moduli[m] = std::sqrt(q[m].real() * q[m].real() + q[m].imag() * q[m].imag());
  return moduli;
}

double absolute_sum(const JetModuli& moduli) {
  double sum = 0;
  for (const double modulus : moduli) sum += modulus;
  return sum;
}

double absolute_sum(const Jet& q) {
  return absolute_sum(moduli(q));
}

TaylorJets::TaylorJets(std::span<const double> taps, double input_error)
    : taps_(taps),
      input_error_(input_error),
      length_(std::bit_ceil(taps.size())),
      stride_(length_ + 8),
      fft_(ProvenFft::plan(length_)),
      twist_(RootsOfUnity::table(8 * length_)),
      memory_(std::move(spare)) {
  memory_.resize(2 * (jet_order + 1) * stride_);
  re_ = memory_.data();
  im_ = re_ + (jet_order + 1) * stride_;
  // Σ_k |w_k| |h(k−c)|^m/m! for every order, and the remainder as order M + 1.
  const double h = half_width(), c = static_cast<double>(taps_.size() - 1) / 2;
  std::array<double, jet_order + 2> sums{};
  for (std::size_t k = 0; k < taps_.size(); ++k) {
    const double x = std::fabs(h * (static_cast<double>(k) - c));
    double term = std::fabs(taps_[k]);
    sums[0] += term;
    for (std::size_t m = 1; m < sums.size(); ++m) sums[m] += term *= x / static_cast<double>(m);
  }
  const double safety = 1 + 1e-8;  // rounding of these sums: relative n u at most, n ≤ 2^26
  for (int m = 0; m <= jet_order; ++m) add_order_error(m, safety * sums[static_cast<std::size_t>(m)]);
  error_ = safety * (error_ + sums[jet_order + 1]) + 1e-290;  // the absolute term covers every underflow
}

TaylorJets::~TaylorJets() {
  if (memory_.capacity() <= largest_spare) spare = std::move(memory_);
}

void TaylorJets::add_order_error(int order, double sum) {
  const double input = (3.5 * order + 2) * unit_roundoff + input_error_;
  error_ += sum * (input + fft_->error_factor() * (1 + input));
}

double TaylorJets::half_width() const {
  return std::numbers::pi / (4 * static_cast<double>(length_));
}

double TaylorJets::turn() const {
  return half_width() * static_cast<double>(taps_.size() - 1) / 2;
}

/// p_m(k) e^{ikθ} of `count` weights from `first` on, in the places of the transforms' input; θ =
/// 2π·odd/(8n').
void TaylorJets::store(std::size_t first, std::size_t count, std::size_t odd) {
  const double h = half_width(), c = static_cast<double>(taps_.size() - 1) / 2;
  std::array<double, block> p, x, root_re, root_im;
  std::array<std::size_t, block> slot;
  for (std::size_t i = 0; i < count; ++i) {
    const std::complex<double> root = (*twist_)((first + i) * odd);
    root_re[i] = root.real();
    root_im[i] = root.imag();
    p[i] = taps_[first + i];
    x[i] = h * (static_cast<double>(first + i) - c);
    slot[i] = fft_->slot(first + i);
  }
  for (std::size_t m = 0; m <= jet_order; ++m) {
    double *re = &re_[m * stride_], *im = &im_[m * stride_];
    if (m > 0)
      for (std::size_t i = 0; i < count; ++i) p[i] = p[i] * x[i] / static_cast<double>(m);
    for (std::size_t i = 0; i < count; ++i) {
      re[slot[i]] = p[i] * root_re[i];
      im[slot[i]] = p[i] * root_im[i];
    }
  }
}

void TaylorJets::load(int pass) {
  pass_ = pass;
  // Arc 4l + pass has its middle at 2πl/n' + 2π(2·pass + 1)/(8n').
  const auto odd = static_cast<std::size_t>(2 * pass + 1);
  for (std::size_t k = 0; k < taps_.size(); k += block) store(k, std::min(block, taps_.size() - k), odd);
  for (std::size_t m = 0; m <= jet_order; ++m) {
    double *re = &re_[m * stride_], *im = &im_[m * stride_];
    for (std::size_t k = taps_.size(); k < length_; ++k) re[fft_->slot(k)] = im[fft_->slot(k)] = 0;
    fft_->transform(re, im);
  }
}

std::size_t TaylorJets::arc(std::size_t l) const {
  const std::size_t j = 4 * l + static_cast<std::size_t>(pass_);
  return j < root_arcs() ? j : 2 * root_arcs() - 1 - j;  // mirror image of an arc of the lower half circle
}

Jet TaylorJets::jet(std::size_t l) const {
  Jet q;
  for (std::size_t m = 0; m <= jet_order; ++m) {
    const double re = re_[m * stride_ + l], im = im_[m * stride_ + l];
    switch (m % 4) {  // i^m
      case 0:
        q[m] = {re, im};
        break;
      case 1:
        q[m] = {-im, re};
        break;
      case 2:
        q[m] = {-re, -im};
        break;
      default:
        q[m] = {im, -re};
        break;
    }
  }
  if (4 * l + static_cast<std::size_t>(pass_) >= root_arcs())  // conj(g(−s))
    for (std::size_t m = 0; m <= jet_order; ++m) q[m] = (m % 2 == 0 ? 1.0 : -1.0) * std::conj(q[m]);
  return q;
}

}  // namespace tmm::analysis
