// SPDX-License-Identifier: MIT
/// On which side of the unit circle zero k lies, its disc and all.
const whereOf = (z, k) => {
  const modulus = Math.hypot(z.re[k], z.im[k]);
  return Math.abs(modulus - 1) <= z.radius[k] ? 'unclear' : modulus < 1 ? 'inside' : 'outside';
};

tmm.zerosChart = (op, i) => tmm.chart({title: 'Zeros of the symbol', file: op.label + '-zeros',
  about: 'Filled: inside the unit circle; open: outside; squares: too near the circle for this approximation to tell. '
    + 'The certified count does not use them.',
  rows: () => {
    const z = tmm.arrays(i).zeros, rows = [['re', 'im', 'radius', 'zeros_in_disc', 'where']];
    for (let k = 0; k < z.re.length; ++k)
      for (const sign of z.im[k] === 0 ? [1] : [1, -1])
        rows.push([z.re[k], sign * z.im[k], z.radius[k], z.together?.[k] ?? 1, whereOf(z, k)]);
    return rows;
  },
  figure: (theme) => {
    const z = tmm.arrays(i).zeros, groups = {inside: [], outside: [], unclear: []};
    for (let k = 0; k < z.re.length; ++k) groups[whereOf(z, k)].push(k);
    const trace = (name, marker) => {
      const list = groups[name].flatMap((k) => z.im[k] === 0 ? [[k, 1]] : [[k, 1], [k, -1]]);
      return {x: list.map(([k]) => z.re[k]), y: list.map(([k, s]) => s * z.im[k]), mode: 'markers', name, marker: {size: 6, ...marker},
        text: list.map(([k, s]) => `${name}<br>|z| ≈ ${Math.hypot(z.re[k], z.im[k]).toPrecision(7)}<br>z ≈ ${tmm.short(z.re[k], 6)} ${s * z.im[k] < 0 ? '−' : '+'} ${tmm.short(z.im[k], 6)} i<br>within ${z.radius[k].toPrecision(2)}${z.together?.[k] > 1 ? `<br>a cluster of ${z.together[k]}` : ''}`),
        hovertemplate: '%{text}<extra></extra>'};
    };
    const inner = z.re.map((x, k) => Math.hypot(x, z.im[k])), far = Math.min(1.6, Math.max(1.1, ...Array.from(inner).filter((v) => v < 1.6)) * 1.05);
    return {traces: [trace('outside', {color: theme.soft, symbol: 'circle-open', line: {width: 1}}), trace('inside', {color: theme.orange}),
      trace('unclear', {color: theme.purple, symbol: 'square-open', size: 8, line: {width: 1.5}})],
    layout: {shapes: [disc(1, {color: theme.ink, width: 1}, 'rgba(0,0,0,0)')], showlegend: true,
      xaxis: axis(theme, {title: 'Re z', range: [-far, far], constrain: 'domain'}), yaxis: axis(theme, {title: 'Im z', range: [-far, far], scaleanchor: 'x', constrain: 'domain'})}};
  }});
