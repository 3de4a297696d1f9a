// SPDX-License-Identifier: MIT
/// Most that the angle of a changes from one point to the next: 1/1000 of its way, within what can be told apart and what is drawn fast.
const angleStep = (op) => {
  const w = op.json.winding;
  return Math.min(0.3, Math.max(0.04, 2 * Math.PI * (w.status === 'certified' ? w.number : 1) / 1000));
};

/// arg a(e^{iθ})/2π for θ from 0 to 2π without its jumps. The polygon passes 0 as the curve does, so the sum of the angles at which its
/// edges are seen from 0 is that of the curve.
const unwrapped = (op, i) => {
  const symbol = tmm.symbol(i), c = tmm.closedCurve(symbol.polygon({tolerance: halfPixel(2 * symbol.far * symbol.unit), clear: op.margin, step: angleStep(op)}));
  let angle = c.re[0] < 0 ? 0.5 : 0;
  c.turns = c.re.map((x, k) => {
    if (k > 0) {
      const p = c.re[k - 1], q = c.im[k - 1], y = c.im[k];
      angle += Math.atan2(p * y / symbol.unit ** 2 - q * x / symbol.unit ** 2, p * x / symbol.unit ** 2 + q * y / symbol.unit ** 2) / (2 * Math.PI);
    }
    return angle;
  });
  return c;
};

tmm.angleChart = (op, i) => tmm.chart({title: 'Angle of the symbol', file: op.label + '-angle',
  about: op.json.winding.status === 'certified'
    ? `arg a(eⁱᶿ) in turns, without its jumps: it ends N = ${op.json.winding.number} above where it starts (dotted: even steps). Steep steps come from zeros near the circle.`
    : 'arg a(eⁱᶿ) in turns, without its jumps, as double precision has it: nothing is proven of it.',
  rows: () => { const c = unwrapped(op, i); return [['theta_over_pi', 'arg_over_2pi', 're', 'im'], ...c.theta.map((t, k) => [t / Math.PI, c.turns[k], c.re[k], c.im[k]])]; },
  figure: (theme) => {
    const {theta, turns} = unwrapped(op, i);
    const even = op.json.winding.status === 'certified' ? [{x: [0, 2], y: [turns[0], turns[0] + op.json.winding.number], mode: 'lines', hoverinfo: 'skip', line: {color: theme.grey, width: 1, dash: 'dot'}}] : [];
    return {traces: [{x: theta.map((t) => t / Math.PI), y: turns, mode: 'lines', line: {color: theme.blue, width: 1.3, simplify: false},
      hovertemplate: 'θ ≈ %{x:.4f} π<br>arg a ≈ %{y:.3f} turns<extra></extra>'}, ...even],
    layout: {xaxis: axis(theme, {title: 'θ/π', range: [0, 2]}), yaxis: axis(theme, {title: 'arg a / 2π'})}};
  }});
