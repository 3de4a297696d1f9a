// SPDX-License-Identifier: MIT
tmm.tapsChart = (op, i) => tmm.chart({title: 'Weights by lag', file: op.label + '-taps', about: 'w_k multiplies the input k steps ago.',
  rows: () => [['lag', 'weight'], ...Array.from(tmm.arrays(i).taps, (w, k) => [k, w])],
  figure: (theme) => {
    const y = Array.from(tmm.arrays(i).taps), x = y.map((_, k) => k);
    const look = y.length <= 512 ? {type: 'bar', marker: {color: theme.blue, line: {width: 0}}} : {mode: 'lines', line: {color: theme.blue, width: 1}};
    return {traces: [{x, y, ...look, hovertemplate: 'w<sub>%{x}</sub> = %{y:.6g}<extra></extra>'}],
      layout: {bargap: 0.15, xaxis: axis(theme, {title: 'lag k'}), yaxis: axis(theme, {title: 'w'})}};
  }});

/// The weights at even steps of their cube root.
const weightBar = (theme, most) => {
  const steps = [-1, -0.5, 0, 0.5, 1];
  return {tickvals: steps.map((t) => t * most), ticktext: steps.map((t) => tmm.short((t * most) ** 3, 2).replace('-', '−')), tickfont: {color: theme.soft, size: 10},
    thickness: 10, outlinewidth: 0, xpad: 4, title: {text: 'w', side: 'top', font: {size: 11, color: theme.soft}}};
};

tmm.matrixChart = (op, i) => tmm.chart({title: 'The matrix', file: op.label + '-matrix',
  about: op.n <= 256 ? 'Tₙ: output time downwards, input time to the right; colour is the cube root of the weight.'
    : 'Tₙ, output time downwards; every cell is the largest weight of its block of lags; colour is its cube root.',
  rows: () => [['lag', 'weight'], ...Array.from(tmm.arrays(i).taps, (w, k) => [k, w])],
  figure: (theme) => {
    const taps = tmm.arrays(i).taps, n = taps.length, block = Math.ceil(n / 256), m = Math.ceil(n / block);
    const lag = Array.from({length: m}, (_, d) => taps.slice(d * block, (d + 1) * block).reduce((a, w) => Math.abs(w) > Math.abs(a) ? w : a, 0));
    const row = (t, f) => Array.from({length: m}, (_, s) => s > t ? null : f(lag[t - s])), most = Math.cbrt(Math.max(...lag.map(Math.abs))) || 1;
    const z = lag.map((_, t) => row(t, Math.cbrt)), text = lag.map((_, t) => row(t, (w) => tmm.short(w)));
    const at = lag.map((_, t) => t * block);
    return {traces: [{type: 'heatmap', x: at, y: at, z, text, zmin: -most, zmax: most, colorbar: weightBar(theme, most), hoverongaps: false,
      colorscale: [[0, theme.orange], [0.5, theme.panel], [1, theme.blue]], hovertemplate: 't = %{y}, s = %{x}<br>w = %{text}<extra></extra>'}],
    layout: {xaxis: axis(theme, {title: 's (input)', showgrid: false, zeroline: false, constrain: 'domain'}),
      yaxis: axis(theme, {title: 't (output)', autorange: 'reversed', scaleanchor: 'x', showgrid: false, zeroline: false, constrain: 'domain'})}};
  }});
