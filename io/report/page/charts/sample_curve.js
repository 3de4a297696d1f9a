// SPDX-License-Identifier: MIT
// Polygons that stand for the curve θ ↦ a(e^{iθ}): as near to it as asked, with its winding number, clear of the disc that is
// proven free of it. Everything is computed here from the taps, so a closer look samples anew.

/// In place: Σ_j x_j e^{2πijk/N} of N = 2^m complex numbers (Cooley & Tukey 1965).
const transform = (re, im) => {
  const N = re.length, cos = new Float64Array(N / 2), sin = new Float64Array(N / 2);
  for (let k = 0; k < N / 2; ++k) cos[k] = Math.cos(2 * Math.PI * k / N), sin[k] = Math.sin(2 * Math.PI * k / N);
  for (let i = 1, j = 0; i < N; ++i) {
    let bit = N >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let half = 1; half < N; half *= 2) {
    const stride = N / (2 * half);
    for (let start = 0; start < N; start += 2 * half) {
      for (let k = 0; k < half; ++k) {
        const p = start + k, q = p + half, c = cos[k * stride], s = sin[k * stride];
        const x = re[q] * c - im[q] * s, y = re[q] * s + im[q] * c;
        re[q] = re[p] - x, im[q] = im[p] - y, re[p] += x, im[p] += y;
      }
    }
  }
};

/// Distance of 0 from the segment between two points.
const distanceOfOrigin = (ax, ay, bx, by) => {
  const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length)) : 0;
  return Math.hypot(ax + t * dx, ay + t * dy);
};
/// Distance of (px, py) from it.
const distanceOfPoint = (px, py, ax, ay, bx, by) => distanceOfOrigin(ax - px, ay - py, bx - px, by - py);

/// The symbol of `taps` on the grid of N = 16·2^⌈log₂ n⌉ angles, with what bounds it between them. By Bernstein |a⁗| is at most
/// (n−1)⁴ max|a| on the circle, and between vertices h apart |a″| is at most the larger of its values there plus h²/8 of that.
tmm.Symbol = class {
  constructor(taps) {
    const n = taps.length, N = 16 * 2 ** Math.ceil(Math.log2(Math.max(n, 2)));
    let most = 0;
    for (const w of taps) most = Math.max(most, Math.abs(w));
    this.unit = most > 0 ? 2 ** Math.floor(Math.log2(most)) : 1;  // a power of two: scaling is exact
    this.taps = Float64Array.from(taps, (w) => w / this.unit);
    this.half = N / 2;
    const field = (weight) => {
      const re = new Float64Array(N), im = new Float64Array(N);
      this.taps.forEach((w, k) => { re[k] = weight(k) * w; });
      transform(re, im);
      return [re, im];
    };
    [this.re, this.im] = field(() => 1);
    const [re2, im2] = field((k) => k * k);
    this.bend = re2.map((x, j) => Math.hypot(x, im2[j]));  // |a″|
    let far = 0, sum = 0;
    for (let j = 0; j <= this.half; ++j) far = Math.max(far, Math.hypot(this.re[j], this.im[j]));
    for (const w of this.taps) sum += Math.abs(w);
    this.far = far;
    this.fourth = (n - 1) ** 4 * far / Math.cos(Math.PI * (n - 1) / N);  // max|a| between N samples: Ehlich & Zeller 1964
    this.rounding = 4e-16 * Math.max(n, 64) * sum;  // of a sum of n terms
  }

  /// a and |a″| at e^{iθ}.
  at(theta) {
    const c = Math.cos(theta), s = Math.sin(theta), n = this.taps.length;
    let x = 0, y = 0, u = 0, v = 0;
    for (let k = n - 1; k >= 0; --k) {
      const w = this.taps[k];
      [x, y] = [x * c - y * s + w, x * s + y * c];
      [u, v] = [u * c - v * s + k * k * w, u * s + v * c];
    }
    return [x, y, Math.hypot(u, v)];
  }

  /// The upper half θ ∈ [0, π] as vertices {theta, re, im}, all on the curve, in units of the taps. Each piece of the curve lies
  /// in the stadium of radius δ about its edge with δ ≤ tolerance, and the stadium is convex and keeps off |a| ≤ clear: so the
  /// polygon, closed by its mirror image, has the curve's winding number. window {x0, x1, y0, y1}: `tolerance` holds inside, far
  /// away `outside` does. step: seen from 0 an edge and its curve are at most `step` and half of it wide. `exact` is false where doubles do not reach that (a passes 0 nearer than they can tell).
  polygon({tolerance, clear = 0, window = null, outside = tolerance, slack = 0, step = Infinity}) {
    const scale = 1 / this.unit, tight = tolerance * scale, loose = outside * scale, disc = clear * scale;
    const box = window && {x0: window.x0 * scale, x1: window.x1 * scale, y0: window.y0 * scale, y1: window.y1 * scale};
    const vertices = [];
    let exact = true;
    const allowed = (ax, ay, bx, by) => {
      if (!box) return tight;
      const near = Math.max(ax, bx) >= box.x0 && Math.min(ax, bx) <= box.x1
        && (Math.max(ay, by) >= box.y0 && Math.min(ay, by) <= box.y1 || Math.max(-ay, -by) >= box.y0 && Math.min(-ay, -by) <= box.y1);
      return near ? tight : loose;
    };
    const turns = (a, b, delta) => step === Infinity || Math.abs(Math.atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y)) <= step
      && delta <= step / 2 * distanceOfOrigin(a.x, a.y, b.x, b.y);
    const fits = (a, b, delta) => delta <= allowed(a.x, a.y, b.x, b.y) && turns(a, b, delta)
      && (clear <= 0 || distanceOfOrigin(a.x, a.y, b.x, b.y) - delta - this.rounding - slack * Math.max(Math.hypot(a.x, a.y), Math.hypot(b.x, b.y)) >= disc);
    const bulge = (a, b) => { const h = b.theta - a.theta; return h * h / 8 * (Math.max(a.bend, b.bend) + h * h / 8 * this.fourth); };
    const split = (a, b, depth) => {
      const delta = bulge(a, b);
      if (fits(a, b, delta)) { b.delta = delta; vertices.push(b); return; }
      if (depth === 0) { exact = false; b.delta = delta; vertices.push(b); return; }
      const theta = (a.theta + b.theta) / 2, [x, y, bend] = this.at(theta), middle = {theta, x, y, bend};
      split(a, middle, depth - 1);
      split(middle, b, depth - 1);
    };
    const grid = (j) => ({theta: Math.PI * j / this.half, x: this.re[j], y: this.im[j], bend: this.bend[j], delta: 0});
    let before = grid(0);
    vertices.push(before);
    for (let j = 1; j <= this.half; ++j) { const next = grid(j); split(before, next, 30); before = next; }
    vertices[vertices.length - 1].y = 0;  // a(−1) is real
    const kept = this.thinned(vertices, fits);
    return {exact, theta: kept.map((v) => v.theta), re: kept.map((v) => v.x * this.unit), im: kept.map((v) => v.y * this.unit)};
  }

  /// Leaves out vertices as long as the curve between those kept stays in a stadium that fits.
  thinned(vertices, fits) {
    const kept = [vertices[0]];
    for (let first = 0; first + 1 < vertices.length;) {
      let last = first + 1;
      for (let next = first + 2; next < vertices.length && next <= first + 32; ++next) {
        let delta = 0;
        const a = vertices[first], b = vertices[next];
        for (let i = first + 1; i <= next; ++i) {
          const off = i < next ? distanceOfPoint(vertices[i].x, vertices[i].y, a.x, a.y, b.x, b.y) : 0;
          const before = i > first + 1 ? distanceOfPoint(vertices[i - 1].x, vertices[i - 1].y, a.x, a.y, b.x, b.y) : 0;
          delta = Math.max(delta, Math.max(off, before) + vertices[i].delta);  // an edge's stadium within the longer one's
        }
        if (!fits(a, b, delta)) break;
        last = next;
      }
      kept.push(vertices[last]);
      first = last;
    }
    return kept;
  }
};

/// θ from 0 to 2π: the upper half and its mirror image, the end at −1 once.
tmm.closedCurve = ({theta, re, im}) => ({theta: [...theta, ...theta.slice(0, -1).reverse().map((t) => 2 * Math.PI - t)],
  re: [...re, ...re.slice(0, -1).reverse()], im: [...im, ...im.slice(0, -1).reverse().map((y) => -y)]});

const symbols = new Map();
/// The symbol of operator i, kept for the last few that were looked at.
tmm.symbol = (i) => {
  if (!symbols.has(i)) {
    if (symbols.size >= 24) symbols.delete(symbols.keys().next().value);
    symbols.set(i, new tmm.Symbol(tmm.arrays(i).taps));
  }
  return symbols.get(i);
};
