// SPDX-License-Identifier: MIT
/// θ from 0 to 2π: the upper half and its mirror image.
const mirrored = (list, sign = 1) => [...list, ...Array.from(list).reverse().map((v) => sign * v)];

const originMark = (theme) => ({x: [0], y: [0], mode: 'markers', hoverinfo: 'skip',
  marker: {symbol: 'cross-thin-open', size: 12, color: theme.ink, line: {width: 2, color: theme.ink}}});
const disc = (radius, line, fill) => ({type: 'circle', xref: 'x', yref: 'y', x0: -radius, y0: -radius, x1: radius, y1: radius,
  line, fillcolor: fill, layer: 'below'});

tmm.symbolChart = (op, i) => tmm.chart({title: 'Symbol curve', file: op.label + '-symbol',
  about: `a(e^{iθ}) about the origin (+), with θ = 0 in green and θ = π in orange. It turns ${op.turns} about 0.`,
  rows: () => { const c = tmm.arrays(i).curve; return [['theta_over_pi', 're', 'im'], ...c.theta.map((t, k) => [t, c.re[k], c.im[k]])]; },
  figure: (theme) => {
    const {theta, re, im} = tmm.arrays(i).curve, x = mirrored(re), y = mirrored(im, -1);
    const angle = [...theta, ...[...theta].reverse().map((t) => 2 - t)];
    return {traces: [
      {x, y, mode: 'lines', line: {color: theme.blue, width: 1.1}, opacity: 0.85, customdata: angle,
        hovertemplate: 'θ = %{customdata:.4f} π<br>a ≈ %{x:.4g} %{y:+.4g} i<extra></extra>'},
      {x: [re[0], re[re.length - 1]], y: [0, 0], mode: 'markers', marker: {size: 8, color: [theme.green, theme.orange]},
        text: ['θ = 0', 'θ = π'], hovertemplate: '%{text}: a ≈ %{x:.4g}<extra></extra>'},
      originMark(theme)],
    layout: {xaxis: axis(theme, {title: 'Re a'}), yaxis: axis(theme, {title: 'Im a', scaleanchor: 'x'})}};
  }});

tmm.nearChart = (op, i) => tmm.chart({title: 'Near the origin', file: op.label + '-near-origin',
  about: op.margin > 0 ? `The shaded disc, |a| < ${op.texts.index_margin}, is proven free of the curve.`
    : 'No disc about 0 is proven free of the curve.',
  rows: () => { const c = tmm.arrays(i).near ?? {re: [], im: []}; return [['re', 'im'], ...Array.from(c.re, (x, k) => [x, c.im[k]])]; },
  figure: (theme) => {
    const near = tmm.arrays(i).near ?? {re: [], im: [], radius: 1}, x = Array.from(near.re), y = Array.from(near.im), r = near.radius;
    return {traces: [
      {x: [...x, NaN, ...x], y: [...y, NaN, ...y.map((v) => -v)], mode: 'lines', line: {color: theme.blue, width: 1.8},
        hovertemplate: 'a ≈ %{x:.3g} %{y:+.3g} i<extra></extra>'}, originMark(theme)],
    layout: {shapes: op.margin > 0 ? [disc(op.margin, {color: theme.green, width: 1.5, dash: 'dot'}, theme.green + '2e')] : [],
      xaxis: axis(theme, {title: 'Re a', range: [-r, r], constrain: 'domain', exponentformat: 'power', nticks: 6}),
      yaxis: axis(theme, {title: 'Im a', range: [-r, r], scaleanchor: 'x', constrain: 'domain', exponentformat: 'power', nticks: 6})}};
  }});
