// SPDX-License-Identifier: MIT
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
  if (raw.zeros) result.zeros = {re: tmm.unpack(raw.zeros.re, Float64Array), im: tmm.unpack(raw.zeros.im, Float64Array),
    radius: tmm.unpack(raw.zeros.radius, Float32Array), together: raw.zeros.together && tmm.unpack(raw.zeros.together, Int32Array)};
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
