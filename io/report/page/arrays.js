// SPDX-License-Identifier: MIT
/// The zeros with Im z ≥ 0, those at 0 first, every one as often as it is a zero; `together`: how many lie in its disc.
const zerosOf = ({re, im, radius, together, at_origin: origin = 0}) => {
  const lead = Array(origin).fill(0), [x, y, r] = [tmm.unpack(re, Float64Array), tmm.unpack(im, Float64Array), tmm.unpack(radius, Float32Array)];
  const counts = together ? tmm.unpack(together, Int32Array) : new Int32Array(x.length).fill(1);
  return {re: [...lead, ...x], im: [...lead, ...y], radius: [...lead, ...r], together: [...lead.map(() => origin), ...counts]};
};

/// The upper half plane by rows; null where something is not known. An infinite norm (λ = w₀) is not drawn.
const planeOf = ({re, im, log10_resolvent: log10, winding_number: numbers, labels}) => {
  const [x, y] = [re, im].map((text) => Array.from(tmm.unpack(text, Float64Array))), inRows = (list) => y.map((_, r) => list.slice(r * x.length, (r + 1) * x.length));
  return {x, y, labels, log10: inRows(Array.from(tmm.unpack(log10, Float32Array), (v) => isFinite(v) ? v : null)),
    number: inRows(numbers.flatMap(([n, count]) => Array(count).fill(n)))};
};

/// Arrays of operator i, decoded once when first asked for.
const decoded = new Map();
tmm.arrays = (i) => {
  if (decoded.has(i)) return decoded.get(i);
  const raw = tmm.data('arrays-' + i);
  const runs = (list) => list.flatMap(([name, count]) => Array(count).fill(name));
  const result = {quantiles: []};
  if (raw.taps) {  // a dense matrix has neither taps nor a curve
    result.taps = tmm.unpack(raw.taps.data, raw.taps.type === 'f4' ? Float32Array : Float64Array);
    result.quantiles = tmm.unpack(raw.quantiles, Float32Array);
  }
  if (raw.plane) result.plane = planeOf(raw.plane);
  if (raw.zeros) result.zeros = zerosOf(raw.zeros);
  if (raw.sigma) {
    const s = raw.sigma, digits = tmm.unpack(s.digits, Uint8Array), status = runs(s.status), method = runs(s.method);
    const value = s.value && tmm.unpack(s.value, Float64Array), mantissa = s.mantissa && tmm.unpack(s.mantissa, Float64Array);
    const exponent = s.exponent && tmm.unpack(s.exponent, Int32Array);
    result.sigma = Array.from(digits, (known, k) => ({
      log10: value ? Math.log10(value[k]) : Math.log10(mantissa[k]) + exponent[k],
      text: known === 0 ? '≤ ' + tmm.pretty(value ? tmm.bound(value[k], 'upper', 2) : tmm.bound(mantissa[k], 'upper', 2) + '·10' + raised(String(exponent[k])))
        : tmm.pretty(value ? value[k].toPrecision(Math.min(known, 6)) : mantissa[k].toPrecision(Math.min(known, 6)) + 'e' + exponent[k]),
      exact: value ? value[k] : mantissa[k] + 'e' + exponent[k], status: status[k], method: method[k]}));
  }
  if (decoded.size > 300) decoded.clear();
  decoded.set(i, result);
  return result;
};
