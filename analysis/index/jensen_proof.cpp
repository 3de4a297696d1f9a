// SPDX-License-Identifier: MIT
#include "analysis/index/jensen_proof.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

#include "analysis/base/arb.hpp"
#include "analysis/base/real_ball.hpp"

namespace tmm::analysis {
namespace {

constexpr long least_bits = 128, most_bits = 1024;
constexpr int newton_steps = 4;
constexpr double small_disc = 0x1p-60;  // relative to |z|

/// The symbol Σ w_k z^k as an exact polynomial.
class ExactPolynomial {
 public:
  ExactPolynomial(std::span<const double> taps, double rest) {
    arb_poly_init(a_);
    RealBall w;
    for (std::size_t k = taps.size(); k-- > 0;) {
      arb_set_d(w, taps[k]);
      if (k == 0) {
        RealBall first(rest);
        arb_add(w, w, first, ARF_PREC_EXACT);
      }
      arb_poly_set_coeff_arb(a_, static_cast<slong>(k), w);
    }
  }
  ~ExactPolynomial() { arb_poly_clear(a_); }
  ExactPolynomial(const ExactPolynomial&) = delete;
  ExactPolynomial& operator=(const ExactPolynomial&) = delete;

  [[nodiscard]] ulong degree() const { return static_cast<ulong>(arb_poly_degree(a_)); }

  /// a/a' at z.
  void newton_correction(acb_t correction, const acb_t z, slong bits) const {
    acb_t slope;
    acb_init(slope);
    arb_poly_evaluate2_acb(correction, slope, a_, z, bits);
    acb_div(correction, correction, slope, bits);
    acb_clear(slope);
  }

 private:
  arb_poly_t a_;
};

/// A disc about an exact point that holds a zero.
struct Disc {
  std::complex<double> centre;
  RealBall modulus;       // of every point of the disc
  double reach = 0;       // its radius, and the rounding of `centre`
  std::size_t count = 1;  // with its mirror image
};

/// Drops the radii of z.
void to_middle(acb_t z) {
  mag_zero(arb_radref(acb_realref(z)));
  mag_zero(arb_radref(acb_imagref(z)));
}

/// The disc about z, if it is small and lies in |z| < 1.
bool enclose(const ExactPolynomial& a, const acb_t z, slong bits, Disc& disc) {
  acb_t correction;
  RealBall radius;
  acb_init(correction);
  a.newton_correction(correction, z, bits);
  acb_abs(radius, correction, bits);
  acb_clear(correction);
  arb_mul_ui(radius, radius, a.degree(), bits);
  acb_abs(disc.modulus, z, bits);
  const double size = radius.upper(), modulus = disc.modulus.lower();
  if (!(size <= small_disc * modulus)) return false;
  const RealBall bound(size), one(1);
  arb_add_error(disc.modulus, bound);
  if (arb_lt(disc.modulus, one) == 0) return false;
  disc.centre = {arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR),
                 arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR)};
  disc.reach = size + 0x1p-51 * std::abs(disc.centre);
  return true;
}

std::optional<Disc> improved(const ExactPolynomial& a, std::complex<double> start) {
  Disc disc;
  disc.count = start.imag() == 0 ? 1 : 2;
  acb_t z, correction;
  acb_init(z);
  acb_init(correction);
  acb_set_d_d(z, start.real(), start.imag());
  bool found = false;
  for (long bits = least_bits; bits <= most_bits && !found; bits *= 2)
    for (int step = 0; step < newton_steps && !found; ++step) {
      a.newton_correction(correction, z, bits);
      acb_sub(z, z, correction, bits);
      to_middle(z);
      if (!acb_is_finite(z)) break;
      found = enclose(a, z, bits, disc);
    }
  acb_clear(correction);
  acb_clear(z);
  return found ? std::optional(std::move(disc)) : std::nullopt;
}

/// No two discs meet, nor one and the mirror image of another, nor one and its own.
bool are_disjoint(std::vector<Disc>& discs) {
  std::ranges::sort(discs, {}, [](const Disc& disc) { return disc.centre.real(); });
  double widest = 0;
  for (const Disc& disc : discs) widest = std::max(widest, disc.reach);
  for (std::size_t i = 0; i < discs.size(); ++i) {
    if (discs[i].count == 2 && !(discs[i].centre.imag() > 1.001 * discs[i].reach)) return false;
    for (std::size_t j = i + 1; j < discs.size(); ++j) {
      if (discs[j].centre.real() - discs[i].centre.real() > 2.1 * widest) break;
      if (!(std::abs(discs[i].centre - discs[j].centre) > 1.001 * (discs[i].reach + discs[j].reach)))
        return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Measure> proven_jensen_defect(std::span<const double> taps, double rest, const Winding& winding,
                                            const Zeros& zeros) {
  if (winding.status != IndexStatus::certified || winding.number <= 0 || taps.empty() || taps[0] == 0 ||
      !zeros.converged || zeros.at_origin > 0)
    return std::nullopt;
  const auto wanted = static_cast<std::size_t>(winding.number);
  if (zeros.zeros.size() < wanted) return std::nullopt;
  const ExactPolynomial a(taps, rest);
  std::vector<Disc> discs;
  std::size_t found = 0;
  for (std::size_t i = 0; i < wanted; ++i) {  // sorted by modulus
    const Zero& zero = zeros.zeros[i];
    if (zero.z.imag() < 0) continue;
    if (zero.together > 1 || !(std::abs(zero.z) > 0x1p-500)) return std::nullopt;
    auto disc = improved(a, zero.z);
    if (!disc) return std::nullopt;
    found += disc->count;
    discs.push_back(std::move(*disc));
  }
  if (found != wanted || !are_disjoint(discs)) return std::nullopt;
  RealBall sum, term;
  for (const Disc& disc : discs) {
    arb_log(term, disc.modulus, least_bits);
    arb_submul_ui(sum, term, disc.count, least_bits);
  }
  return certified(sum, "zeros of the symbol, one in each of N disjoint discs");
}

}  // namespace tmm::analysis
