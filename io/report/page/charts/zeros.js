// SPDX-License-Identifier: MIT
/// On which side of the unit circle zero k lies, its disc and all.
const whereOf = (z, k) => {
  const modulus = Math.hypot(z.re[k], z.im[k]);
  return Math.abs(modulus - 1) <= z.radius[k] ? 'unclear' : modulus < 1 ? 'inside' : 'outside';
};

const wordsOf = (z, k, sign) => `${whereOf(z, k)}<br>|z| ≈ ${Math.hypot(z.re[k], z.im[k]).toPrecision(7)}<br>z ≈ ${tmm.short(z.re[k], 6)} ${sign * z.im[k] < 0 ? '−' : '+'} ${tmm.short(z.im[k], 6)} i<br>within ${z.radius[k].toPrecision(2)}${z.together[k] > 1 ? `<br>a cluster of ${z.together[k]}` : ''}`;
/// One trace for each side of the circle, of points [x, y] for zero k and the sign of its imaginary part.
const tracesOf = (theme, z, place) => [['outside', {color: theme.soft, symbol: 'circle-open', line: {width: 1}}], ['inside', {color: theme.orange}],
  ['unclear', {color: theme.purple, symbol: 'square-open', size: 8, line: {width: 1.5}}]].map(([name, marker]) => {
  const list = Array.from(z.re, (_, k) => k).filter((k) => whereOf(z, k) === name).flatMap((k) => z.im[k] === 0 ? [[k, 1]] : [[k, 1], [k, -1]]);
  const points = list.map(([k, sign]) => place(k, sign));
  return {x: points.map(([x]) => x), y: points.map(([, y]) => y), mode: 'markers', name, marker: {size: 6, ...marker},
    text: list.map(([k, sign]) => wordsOf(z, k, sign)), hovertemplate: '%{text}<extra></extra>'};
});

/// How far from 0 the picture of these zeros goes.
const zerosReach = (i) => {
  const z = tmm.arrays(i).zeros;
  return Math.min(1.6, Math.max(1.1, ...Array.from(z.re, (x, k) => Math.hypot(x, z.im[k])).filter((v) => v < 1.6)) * 1.05);
};

tmm.zerosChart = (op, i, far = zerosReach(i)) => tmm.chart({title: 'Zeros of the symbol', file: op.label + '-zeros',
  about: 'Filled: inside the unit circle; open: outside; squares: too near the circle for this approximation to tell. '
    + 'The certified count does not use them.',
  rows: () => {
    const z = tmm.arrays(i).zeros, rows = [['re', 'im', 'radius', 'zeros_in_disc', 'where']];
    for (let k = 0; k < z.re.length; ++k)
      for (const sign of z.im[k] === 0 ? [1] : [1, -1])
        rows.push([z.re[k], sign * z.im[k], z.radius[k], z.together[k], whereOf(z, k)]);
    return rows;
  },
  figure: (theme) => {
    const z = tmm.arrays(i).zeros;
    return {traces: tracesOf(theme, z, (k, sign) => [z.re[k], sign * z.im[k]]),
    layout: {shapes: [disc(1, {color: theme.ink, width: 1}, 'rgba(0,0,0,0)')], showlegend: true,
      xaxis: axis(theme, {title: 'Re z', range: [-far, far], constrain: 'domain'}), yaxis: axis(theme, {title: 'Im z', range: [-far, far], scaleanchor: 'x', constrain: 'domain'})}};
  }});

/// n ln|z| on a scale that is even about 0 and logarithmic far away; what lies at 0 is put below all others.
const polarHeight = (v) => Math.asinh(v) / Math.LN10;
const logModulus = (x, y) => { const m = Math.hypot(x, y); return m === 0 ? -Infinity : Math.abs(m - 1) < 0.25 ? Math.log1p((m - 1) * (m + 1)) / 2 : Math.log(m); };

tmm.polarChart = (op, i) => tmm.chart({title: 'Zeros by angle', file: op.label + '-zeros-by-angle',
  about: 'n ln|z| against the angle of z: 0 is the unit circle, below lies its inside; even near 0, logarithmic beyond. Marks as beside. '
    + 'Zeros at 0 stand at the lower edge.',
  rows: () => {
    const z = tmm.arrays(i).zeros, rows = [['angle_over_pi', 'n_log_modulus', 'radius', 'zeros_in_disc', 'where']];
    for (let k = 0; k < z.re.length; ++k)
      for (const sign of z.im[k] === 0 ? [1] : [1, -1])
        rows.push([Math.atan2(sign * z.im[k], z.re[k]) / Math.PI, op.n * logModulus(z.re[k], z.im[k]), z.radius[k], z.together[k], whereOf(z, k)]);
    return rows;
  },
  figure: (theme) => {
    const z = tmm.arrays(i).zeros, height = Array.from(z.re, (x, k) => polarHeight(op.n * logModulus(x, z.im[k])));
    const known = height.filter(isFinite), low = Math.min(-1, ...known), high = Math.max(1, ...known), room = 0.06 * (high - low);
    const ticks = [0];
    for (let e = 0; e <= Math.max(-low, high); ++e) ticks.push(10 ** e, -(10 ** e));
    const kept = ticks.filter((v) => polarHeight(v) >= low && polarHeight(v) <= high);
    return {traces: tracesOf(theme, z, (k, sign) => [Math.atan2(sign * z.im[k], z.re[k]) / Math.PI, isFinite(height[k]) ? height[k] : low - room]),
    layout: {showlegend: true, shapes: [{type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 0, y1: 0, line: {color: theme.ink, width: 1}, layer: 'below'}],
      xaxis: axis(theme, {title: 'arg z / π', range: [-1.03, 1.03]}),
      yaxis: axis(theme, {title: 'n ln|z|', range: [low - 2 * room, high + room], zeroline: false, tickvals: kept.map(polarHeight), ticktext: kept.map((v) => tmm.short(v).replace('-', '−'))})}};
  }});
