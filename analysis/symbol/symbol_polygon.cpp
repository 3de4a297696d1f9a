// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_polygon.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "analysis/symbol/proven_fft.hpp"
#include "analysis/symbol/symbol_maximum.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;

constexpr double unit = 0x1p-53;
constexpr double upwards = 1 + 0x1p-40;  // over what a few roundings of a bound take away
constexpr long double pi = std::numbers::pi_v<long double>;
constexpr int deepest = 44;               // halvings of a step of the grid
constexpr std::size_t longest_edge = 64;  // in edges that a kept one replaces

/// On the curve at θ = π·turn.
struct Vertex {
  double turn = 0;
  Complex value;
  double error = 0;   ///< of value
  double bend = 0;    ///< at least |a″|
  double width = 0;   ///< radius of the stadium about the edge that ends here, without the vertices' errors
  bool fine = false;  ///< by Horner's scheme
};

double distance(Complex p, const Vertex& a, const Vertex& b) {
  return distance_of_origin(a.value - p, b.value - p);
}

class Refinement {
 public:
  Refinement(std::span<const double> taps, const PolygonOptions& options);
  SymbolPolygon polygon();

 private:
  using Field = std::vector<Complex>;

  void scale(std::span<const double> taps);
  [[nodiscard]] Field transform(const ProvenFft& fft, bool second) const;
  void sample();
  [[nodiscard]] Vertex at(double turn) const;
  [[nodiscard]] double width(const Vertex& a, const Vertex& b) const;
  [[nodiscard]] double error(const Vertex& a, const Vertex& b) const;
  [[nodiscard]] double room(const Vertex& a, const Vertex& b, double width) const;
  [[nodiscard]] double allowed(const Vertex& a, const Vertex& b, double reach) const;
  [[nodiscard]] bool fits(const Vertex& a, const Vertex& b, double width) const;
  [[nodiscard]] bool hopeless(const Vertex& a, const Vertex& b, double width) const;
  void split(const Vertex& a, Vertex b, int depth);
  [[nodiscard]] std::vector<Vertex> thinned() const;
  [[nodiscard]] std::string shortcoming(const SymbolPolygon& polygon) const;
  void measure(SymbolPolygon& polygon, const std::vector<Vertex>& half) const;

  PolygonOptions options_;
  std::vector<long double> w_;
  int exponent_ = 0;
  double sum_ = 0, sum2_ = 0;  ///< Σ|w_k|, Σ k²|w_k|
  double fourth_ = 0;          ///< at least |a⁗|
  double tolerance_ = 0, elsewhere_ = 0, clear_ = 0;
  std::vector<Vertex> grid_, vertices_;
  bool short_of_vertices_ = false, too_deep_ = false, met_disc_ = false;
};

Refinement::Refinement(std::span<const double> taps, const PolygonOptions& options) : options_(options) {
  for (const double length : {options.scaled_tolerance, options.scaled_margin})
    if (!(length >= 0 && std::isfinite(length)))
      throw ArgumentError("the tolerance and the margin of a polygon are finite and not negative");
  if (!(options.scaled_near > 0)) throw ArgumentError("a polygon is finer within a positive distance of 0");
  const SymbolMaximum maximum = symbol_maximum(taps);
  exponent_ = maximum.exponent;
  scale(taps);
  double sum4 = 0;
  for (std::size_t k = 0; k < w_.size(); ++k) {
    const double modulus = std::abs(static_cast<double>(w_[k])), square = static_cast<double>(k * k);
    sum_ += modulus;
    sum2_ += square * modulus;
    sum4 += square * square * modulus;
  }
  const double rounding = 1 + 4 * unit * static_cast<double>(w_.size());
  sum_ *= rounding;
  sum2_ *= rounding;
  const double degree = static_cast<double>(w_.size()) - 1;
  fourth_ = std::min(sum4 * rounding, std::pow(degree, 4) * maximum.scaled_upper * upwards);
  tolerance_ = options.scaled_tolerance > 0 ? options.scaled_tolerance : maximum.scaled_upper / 2048;
  elsewhere_ =
      std::isinf(options.scaled_near) ? tolerance_ : std::max(tolerance_, maximum.scaled_upper / 2048);
  clear_ = options.scaled_margin * (1 - 0x1p-10);
}

void Refinement::scale(std::span<const double> taps) {
  w_.resize(taps.size());
  std::ranges::transform(taps, w_.begin(),
                         [&](double w) { return std::ldexp(static_cast<long double>(w), -exponent_); });
}

/// Σ_k x_k e^{2πijk/N} with x_k = w_k, or with the weights of −a″.
Refinement::Field Refinement::transform(const ProvenFft& fft, bool second) const {
  std::vector<double> re(fft.length()), im(fft.length());
  for (std::size_t k = 0; k < w_.size(); ++k)
    re[fft.slot(k)] = static_cast<double>(w_[k]) * (second ? static_cast<double>(k * k) : 1.0);
  fft.transform(re.data(), im.data());
  Field values(fft.length() / 2 + 1);
  for (std::size_t j = 0; j < values.size(); ++j) values[j] = {re[j], im[j]};
  return values;
}

/// The grid: 16 and more points for a turn of the fastest term, as many as the largest |a″| asks for, within
/// reason.
void Refinement::sample() {
  std::size_t points = 16 * std::bit_ceil(std::max<std::size_t>(w_.size(), 2));
  const std::size_t most = std::max(points, std::min(options_.most_vertices, std::size_t{1} << 18U));
  auto plan = ProvenFft::plan(points);
  Field bends = transform(*plan, true);
  double bend = 0;
  for (const Complex b : bends) bend = std::max(bend, std::abs(b));
  const auto coarse = [&] {
    const double h = 2 * std::numbers::pi / static_cast<double>(points);
    return h * h / 8 * bend > elsewhere_;
  };
  while (coarse() && 2 * points <= most) points *= 2;
  if (points != plan->length()) {
    plan = ProvenFft::plan(points);
    bends = transform(*plan, true);
  }
  const Field values = transform(*plan, false);
  const double tiny = static_cast<double>(w_.size()) * 0x1p-1040;  // underflow: of scaled weights, of sums
  const double factor = plan->error_factor() + 2 * unit;           // and the weights rounded to double
  const double value_error = factor * sum_ + tiny, bend_error = factor * sum2_ * upwards + tiny;
  for (std::size_t j = 0; j < values.size(); ++j) {
    Vertex v{static_cast<double>(j) / static_cast<double>(points / 2),
             values[j],
             value_error,
             std::abs(bends[j]) * upwards + bend_error,
             0,
             false};
    if (std::abs(v.value) < 0x1p+13 * value_error) v = at(v.turn);
    grid_.push_back(v);
  }
  grid_.front().value.imag(0);  // a(1) and a(−1) are real
  grid_.back().value.imag(0);
}

Vertex Refinement::at(double turn) const {
  const long double theta = pi * turn, c = std::cos(theta), s = std::sin(theta);
  long double x = 0, y = 0, u = 0, v = 0;
  for (std::size_t k = w_.size(); k-- > 0;) {
    const long double w = w_[k], turned = x * c - y * s + w, square = static_cast<long double>(k * k);
    y = x * s + y * c;
    x = turned;
    const long double bent = u * c - v * s + square * w;
    v = u * s + v * c;
    u = bent;
  }
  Vertex vertex{turn, {static_cast<double>(x), static_cast<double>(y)}, 0, 0, 0, true};
  // Horner's scheme as in symbol_values.hpp; the angle, rounded, moves a by less than n Σ|w| π 2⁻⁶³.
  const double relative = static_cast<double>(16 * w_.size() + 16) * 0x1p-64;
  vertex.error = relative * sum_ + 2 * unit * std::abs(vertex.value);
  vertex.bend = static_cast<double>(std::hypot(u, v)) * upwards + relative * sum2_;
  return vertex;
}

double Refinement::width(const Vertex& a, const Vertex& b) const {
  const double h = std::numbers::pi * (b.turn - a.turn), eighth = h * h / 8;
  return eighth * (std::max(a.bend, b.bend) + eighth * fourth_) * upwards;
}

/// Of the vertices, and of distances computed from them.
double Refinement::error(const Vertex& a, const Vertex& b) const {
  return std::max(a.error, b.error) + 16 * unit * std::max(std::abs(a.value), std::abs(b.value));
}

/// Proven distance of 0 from the stadium; negative where there is none.
double Refinement::room(const Vertex& a, const Vertex& b, double width) const {
  return distance_of_origin(a.value, b.value) - width - error(a, b);
}

/// The tolerance where the stadium reaches out to 0 as far as it is asked for, the wider one beyond.
double Refinement::allowed(const Vertex& a, const Vertex& b, double reach) const {
  return distance_of_origin(a.value, b.value) - reach <= options_.scaled_near ? tolerance_ : elsewhere_;
}

bool Refinement::fits(const Vertex& a, const Vertex& b, double width) const {
  const double reach = width + error(a, b);
  return reach <= allowed(a, b, reach) && (clear_ == 0 || room(a, b, width) >= clear_);
}

/// No halving helps where the curve is straight to within the errors of its vertices.
bool Refinement::hopeless(const Vertex& a, const Vertex& b, double width) const {
  return a.fine && b.fine && width < error(a, b) / 8;
}

void Refinement::split(const Vertex& a, Vertex b, int depth) {
  if (std::abs(b.value) + error(b, b) < clear_) {  // the disc is not free of the curve
    met_disc_ = true;
    clear_ = 0;
  }
  b.width = width(a, b);
  const bool fit = fits(a, b, b.width);
  const bool full = vertices_.size() >= options_.most_vertices;
  if (fit || full || depth == 0 || hopeless(a, b, b.width)) {
    if (!fit) (full ? short_of_vertices_ : too_deep_) = true;
    vertices_.push_back(b);
    return;
  }
  const Vertex middle = at((a.turn + b.turn) / 2);
  split(a, middle, depth - 1);
  split(middle, b, depth - 1);
}

/// Leaves out vertices where one edge's stadium holds those of the edges that it replaces.
std::vector<Vertex> Refinement::thinned() const {
  std::vector<Vertex> kept{vertices_.front()};
  for (std::size_t first = 0; first + 1 < vertices_.size();) {
    const Vertex& a = vertices_[first];
    std::size_t last = first + 1;
    double best = vertices_[last].width;
    for (std::size_t next = first + 2; next < vertices_.size() && next <= first + longest_edge; ++next) {
      const Vertex& b = vertices_[next];
      double radius = 0;
      for (std::size_t i = first + 1; i <= next; ++i) {
        const double before = i > first + 1 ? distance(vertices_[i - 1].value, a, b) : 0;
        const double off = i < next ? distance(vertices_[i].value, a, b) : 0;
        radius = std::max(radius,
                          std::max(before, off) + vertices_[i].width + error(vertices_[i - 1], vertices_[i]));
      }
      if (!fits(a, b, radius)) break;
      last = next;
      best = radius;
    }
    kept.push_back(vertices_[last]);
    kept.back().width = best;
    first = last;
  }
  return kept;
}

/// What the kept stadiums prove; the winding number from the turns of the edges of the half circle.
void Refinement::measure(SymbolPolygon& polygon, const std::vector<Vertex>& half) const {
  double least = std::abs(half.front().value) - half.front().error, turn = 0;
  polygon.within_tolerance = true;
  for (std::size_t i = 1; i < half.size(); ++i) {
    const Vertex &a = half[i - 1], &b = half[i];
    const double reach = (b.width + error(a, b)) * upwards;
    polygon.scaled_distance = std::max(polygon.scaled_distance, reach);
    polygon.within_tolerance = polygon.within_tolerance && reach <= allowed(a, b, reach) * upwards;
    least = std::min(least, room(a, b, b.width));
    turn += std::arg(b.value * std::conj(a.value));
  }
  if (!met_disc_ && (clear_ > 0 ? least >= clear_ : least > 0)) {
    polygon.scaled_clearance = least;
    polygon.winding = std::llround(turn / std::numbers::pi);
  }
  polygon.reason = shortcoming(polygon);
}

std::string Refinement::shortcoming(const SymbolPolygon& polygon) const {
  const std::string end =
      short_of_vertices_ ? "more vertices than are allowed would be needed" : "double precision ends before";
  std::string text;
  if (met_disc_)
    text = "the curve meets the disc that was said to be free of it";
  else if (!polygon.winding)
    text = clear_ > 0 ? "the curve passes 0 too near to be drawn clear of it: " + end
                      : "no disc about 0 is known to be free of the curve";
  if (!polygon.within_tolerance)
    text += (text.empty() ? "" : "; ") + ("not as near to the curve as asked: " + end);
  return text;
}

SymbolPolygon Refinement::polygon() {
  sample();
  vertices_.push_back(grid_.front());
  for (std::size_t j = 1; j < grid_.size(); ++j) split(grid_[j - 1], grid_[j], deepest);
  vertices_.back().value.imag(0);
  const std::vector<Vertex> half = thinned();
  SymbolPolygon polygon;
  polygon.exponent = exponent_;
  measure(polygon, half);
  for (const Vertex& v : half) {
    polygon.theta.push_back(std::numbers::pi * v.turn);
    polygon.scaled.push_back(v.value);
  }
  for (std::size_t i = half.size() - 1; i-- > 0;) {
    polygon.theta.push_back(2 * std::numbers::pi - polygon.theta[i]);
    polygon.scaled.push_back(std::conj(polygon.scaled[i]));
  }
  return polygon;
}

}  // namespace

double distance_of_origin(std::complex<double> a, std::complex<double> b) {
  const std::complex<double> d = b - a;
  const double length = std::norm(d);
  const double t =
      length > 0 ? std::clamp(-(a.real() * d.real() + a.imag() * d.imag()) / length, 0.0, 1.0) : 0.0;
  return std::abs(a + t * d);
}

SymbolPolygon symbol_polygon(std::span<const double> taps, const PolygonOptions& options) {
  return Refinement(taps, options).polygon();
}

}  // namespace tmm::analysis
