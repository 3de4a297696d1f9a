// SPDX-License-Identifier: MIT
const trajectory = (name, t) => {
  const layers = [...new Set(t.points.flatMap((p) => p.operators.map((o) => o.layer)))];
  return chart({title: 'N/(n−1) by training step', file: 'trajectory', about: name + '. Gaps: not proven.', rows: () => [['step', ...layers], ...t.points.map((p) => [p.step, ...layers.map((l) => p.operators.find((o) => o.layer === l)?.winding_number)])],
    figure: (theme) => lines(theme, t.points.map((p) => p.step), layers.map((l) => [l, t.points.map((p) => p.operators.find((o) => o.layer === l)?.winding_fraction ?? null)]), 'N/(n−1)')});
};
const loggedLosses = (name, t) => {
  const series = Object.entries(t.logged).filter(([id]) => /loss/.test(id)), steps = [...new Set(series.flatMap(([, list]) => list.map(([s]) => s)))].sort((a, b) => a - b);
  return chart({title: 'Loss by training step', file: 'losses', about: name, rows: () => [['step', ...series.map(([id]) => id)], ...steps.map((s) => [s, ...series.map(([, list]) => list.find(([at]) => at === s)?.[1])])],
    figure: (theme) => { const figure = lines(theme, steps, series, 'nats a token'); figure.traces.forEach((trace, k) => { trace.x = series[k][1].map(([s]) => s); trace.y = series[k][1].map(([, v]) => v); }); return figure; }});
};
