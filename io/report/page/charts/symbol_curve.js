// SPDX-License-Identifier: MIT
/// The whole curve; of a part of the plane {x0, x1, y0, y1} at the fineness of that part.
const symbolLine = (op, i, window = null) => {
  const symbol = tmm.symbol(i), whole = halfPixel(2 * symbol.far * symbol.unit);
  const tolerance = window ? Math.min(whole, halfPixel(Math.max(window.x1 - window.x0, window.y1 - window.y0))) : whole;
  return tmm.closedCurve(symbol.polygon({tolerance, outside: whole, window, clear: op.margin}));
};

/// far: half the side of the window, where it is not the curve that says it.
tmm.symbolChart = (op, i, far) => tmm.chart({title: 'Symbol curve', file: op.label + '-symbol',
  about: `a(eⁱᶿ) about the origin (+), with θ = 0 in green and θ = π in orange. It turns ${op.turns} about 0.`,
  rows: () => { const c = symbolLine(op, i); return [['theta_over_pi', 're', 'im'], ...c.theta.map((t, k) => [t / Math.PI, c.re[k], c.im[k]])]; },
  closer: (window) => { const {theta, re, im} = symbolLine(op, i, window); return {x: [re], y: [im], customdata: [theta.map((t) => t / Math.PI)]}; },
  figure: (theme) => {
    const {theta, re, im} = symbolLine(op, i), middle = (re.length - 1) / 2;
    return {traces: [
      {x: re, y: im, mode: 'lines', line: {color: theme.blue, width: 1.1, simplify: false}, opacity: 0.85, customdata: theta.map((t) => t / Math.PI),
        hovertemplate: 'θ = %{customdata:.4f} π<br>a ≈ %{x:.4g} %{y:+.4g} i<extra></extra>'},
      {x: [re[0], re[middle]], y: [0, 0], mode: 'markers', marker: {size: 8, color: [theme.green, theme.orange]},
        text: ['θ = 0', 'θ = π'], hovertemplate: '%{text}: a ≈ %{x:.4g}<extra></extra>'},
      originMark(theme)],
    layout: {xaxis: axis(theme, {title: 'Re a', ...(far && {range: [-far, far], constrain: 'domain'})}),
      yaxis: axis(theme, {title: 'Im a', scaleanchor: 'x', ...(far && {range: [-far, far], constrain: 'domain'})})}};
  }});

/// A window about 0 that shows the closest approach with what is around it.
const nearRadius = (op, far) => {
  const closest = op.json.winding.margin_upper;
  return closest > 0 && isFinite(closest) ? Math.min(Math.max(6 * closest, 1e-9 * far), far / 4) : far / 50;
};

/// The pieces of the curve inside 1.5 times the window of radius r, gaps between them.
const nearLine = (op, i) => {
  const symbol = tmm.symbol(i), r = nearRadius(op, symbol.far * symbol.unit), reach = 1.5 * r;
  const {theta, re, im} = tmm.closedCurve(symbol.polygon({tolerance: halfPixel(2 * r), outside: symbol.far * symbol.unit,
    window: {x0: -reach, x1: reach, y0: -reach, y1: reach}, clear: op.margin}));
  const line = {radius: r, theta: [], re: [], im: []};
  const add = (k) => { line.theta.push(k === null ? null : theta[k]); line.re.push(k === null ? null : re[k]); line.im.push(k === null ? null : im[k]); };
  let last = null;
  for (let k = 0; k + 1 < re.length; ++k) {
    if (distanceOfOrigin(re[k], im[k], re[k + 1], im[k + 1]) > 1.5 * reach) continue;
    if (last !== k) { if (last !== null) add(null); add(k); }
    add(last = k + 1);
  }
  return line;
};

tmm.nearChart = (op, i) => tmm.chart({title: 'Near the origin', file: op.label + '-near-origin',
  about: op.margin > 0 ? `The shaded disc, |a| < ${printed(op.texts.index_margin)}, is proven free of the curve.`
    : 'No disc about 0 is proven free of the curve.',
  rows: () => { const c = nearLine(op, i); return [['theta_over_pi', 're', 'im'], ...c.re.map((x, k) => x === null ? ['', '', ''] : [c.theta[k] / Math.PI, x, c.im[k]])]; },
  figure: (theme) => {
    const {re, im, radius: r} = nearLine(op, i);
    return {traces: [{x: re, y: im, mode: 'lines', line: {color: theme.blue, width: 1.8, simplify: false},
      hovertemplate: 'a ≈ %{x:.3g} %{y:+.3g} i<extra></extra>'}, originMark(theme)],
    layout: {shapes: op.margin > 0 ? [disc(op.margin, {color: theme.green, width: 1.5, dash: 'dot'}, theme.green + '2e')] : [],
      xaxis: axis(theme, {title: 'Re a', range: [-r, r], constrain: 'domain', exponentformat: 'power', nticks: 6}),
      yaxis: axis(theme, {title: 'Im a', range: [-r, r], scaleanchor: 'x', constrain: 'domain', exponentformat: 'power', nticks: 6})}};
  }});
