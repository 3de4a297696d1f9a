// SPDX-License-Identifier: MIT
/// N/(n−1) of every layer by step, on the axis 0 … 1 that all trajectories share. The CSV has a row for each step and layer.
const trajectory = (name, t) => {
  const layers = [...new Set(t.points.flatMap((p) => p.operators.map((o) => o.layer)))];
  return chart({title: 'N/(n−1) by training step', file: 'trajectory-' + name, about: name + '. Dotted: ½, where untrained weights are. Gaps: not proven.',
    rows: () => [['step', 'layer', 'winding_number', 'winding_fraction'], ...t.points.flatMap((p) => p.operators.map((o) => [p.step, o.layer, o.winding_number, o.winding_fraction]))],
    figure: (theme) => {
      const {traces, layout} = lines(theme, t.points.map((p) => p.step), layers.map((l) => ['layer ' + l, t.points.map((p) => p.operators.find((o) => o.layer === l)?.winding_fraction ?? null)]), 'N/(n−1)');
      return {traces, layout: {...layout, yaxis: {...layout.yaxis, range: [-0.02, 1.02]},
        shapes: [{type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 0.5, y1: 0.5, line: {color: theme.soft, width: 1, dash: 'dot'}, layer: 'below'}]}};
    }});
};
const loggedLosses = (name, t) => {
  const series = Object.entries(t.logged).filter(([id]) => /loss/.test(id)), steps = [...new Set(series.flatMap(([, list]) => list.map(([s]) => s)))].sort((a, b) => a - b);
  return chart({title: 'Loss by training step', file: 'losses-' + name, about: name, rows: () => [['step', ...series.map(([id]) => id)], ...steps.map((s) => [s, ...series.map(([, list]) => list.find(([at]) => at === s)?.[1])])],
    figure: (theme) => { const figure = lines(theme, steps, series, 'nats a token'); figure.traces.forEach((trace, k) => { trace.x = series[k][1].map(([s]) => s); trace.y = series[k][1].map(([, v]) => v); }); return figure; }});
};
