// SPDX-License-Identifier: MIT
/// Rows of the upper half plane → rows of the whole one, from below.
const mirrored = (rows) => [...rows.slice(1).reverse(), ...rows];

/// Even steps between −1 and the top of the resolvent: about ten lines.
const contourStep = (range) => [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => range / step <= 10) ?? range / 10;

const indexWords = (number) => number === null ? 'index undecided: on the curve, or next to it' : `index ${number === 0 ? '0' : '−' + number}, certified`;

/// The plane of λ: what the index of T(a) − λ is, and how large the resolvent of Tₙ.
tmm.planeChart = (op, i) => tmm.chart({title: 'Plane of λ', file: op.label + '-plane', height: '26rem',
  about: 'Shaded and numbered: the index of T(a) − λ where it is certified and not 0; no shade: 0. Lines: log₁₀ ‖(Tₙ − λ)⁻¹‖, dotted in finer steps. '
    + 'Blue: the symbol curve, where T(a) − λ has no index. +: 0. Diamond: w₀, the only eigenvalue of Tₙ.',
  rows: () => {
    const p = tmm.arrays(i).plane;
    return [['re', 'im', 'winding_number', 'log10_resolvent'], ...p.y.flatMap((y, r) => p.x.map((x, c) => [x, y, p.number[r][c] ?? '', p.log10[r][c] ?? '']))];
  },
  closer: (window) => { const {re, im} = symbolLine(op, i, window); return {x: [re], y: [im]}; },
  figure: (theme) => {
    const p = tmm.arrays(i).plane, {re, im} = symbolLine(op, i), far = p.x[p.x.length - 1], y = mirrored(p.y).map((v, r) => r < p.y.length - 1 ? -v : v);
    const number = mirrored(p.number), log10 = mirrored(p.log10), most = Math.max(1, ...p.number.flat());
    const known = p.log10.flat().filter((v) => v !== null), low = Math.min(...known), step = contourStep(Math.max(...known) - low);
    const text = number.map((row, r) => row.map((n, c) => `${indexWords(n)}<br>log₁₀ ‖(Tₙ − λ)⁻¹‖ ${log10[r][c] === null ? 'not known' : '≈ ' + minus(log10[r][c].toFixed(2))}`));
    const top = Math.max(...known), lines = (size, end, dash, color) => ({type: 'contour', x: p.x, y, z: log10, connectgaps: false, hoverinfo: 'skip', showscale: false, line: {width: 1, color, dash},
      contours: {coloring: 'none', start: Math.ceil(low / size) * size, end, size, showlabels: true, labelfont: {size: 9, color: theme.soft}}});
    const label = ([n, x, v]) => ({x, y: v, text: n === 0 ? '0' : '−' + n, showarrow: false, font: {size: 12, color: theme.ink}, bgcolor: theme.panel + 'b0', borderpad: 1});
    const shade = theme.purple, apart = ([, x, v], [, a, b]) => Math.abs(x - a) > 0.16 * far || Math.abs(v - b) > 0.1 * far;
    const labels = p.labels.reduce((kept, one) => kept.every((other) => apart(one, other)) ? [...kept, one] : kept, []);
    return {traces: [
      {x: re, y: im, mode: 'lines', line: {color: theme.blue, width: 1.3, simplify: false}, hoverinfo: 'skip'},
      {type: 'heatmap', x: p.x, y, z: number, text, zmin: 0, zmax: most, showscale: false, hoverongaps: true,
        colorscale: [[0, shade + '00'], [Math.min(0.999, 0.5 / most), shade + '00'], [Math.min(1, 1 / most), shade + '30'], [1, shade + '70']],
        hovertemplate: 'λ = %{x:.4g} %{y:+.4g} i<br>%{text}<extra></extra>'},
      lines(step, top, 'solid', theme.soft), lines(step / 5, Math.min(top, 0.9 * step), 'dot', theme.grey),
      {x: [tmm.arrays(i).taps[0]], y: [0], mode: 'markers', marker: {symbol: 'diamond', size: 8, color: theme.orange}, hovertemplate: 'w₀ = %{x:.6g}<extra></extra>'},
      originMark(theme)],
    layout: {annotations: labels.map(label),
      xaxis: axis(theme, {title: 'Re λ', range: [-far, far], constrain: 'domain', showgrid: false, zeroline: false}),
      yaxis: axis(theme, {title: 'Im λ', range: [-far, far], scaleanchor: 'x', constrain: 'domain', showgrid: false, zeroline: false})}};
  }});
