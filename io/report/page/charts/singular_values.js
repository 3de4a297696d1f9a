// SPDX-License-Identifier: MIT
/// Where to break the axis of descending log₁₀ σ: how many stand above, or null for none. Few values that vanish would press the others
/// into a line. Of n − 1 breaks the one is taken that gives points most room (in the geometric mean, each within the span of its part),
/// if that is twice what they have on one axis.
const parts = {above: 0.58, below: 0.37};
const brokenAt = (logs) => {
  const n = logs.length, room = (from, to) => Math.log(logs[from] - logs[to - 1] + 0.02);
  let best = null, least = n * (room(0, n) - Math.log(2));
  for (let k = 1; k < n; ++k) {
    const cost = k * (room(0, k) - Math.log(parts.above)) + (n - k) * (room(k, n) - Math.log(parts.below));
    if (cost < least) [best, least] = [k, cost];
  }
  return best;
};

tmm.sigmaChart = (op, i, floors) => tmm.chart({title: 'Singular values', file: op.label + '-singular-values',
  about: 'Points: σ of Tₙ, descending. Grey line: quantiles of |a|, what they would be without boundary. Dotted: σ_max times a unit round-off. '
    + 'Triangles are upper bounds. Where the axis is broken (//) the lower part has a scale of its own.',
  rows: () => [['i', 'value', 'status', 'method'], ...tmm.arrays(i).sigma.map((s, k) => [k + 1, s.exact, s.status, s.method])],
  figure: (theme) => {
    const {sigma, quantiles} = tmm.arrays(i), n = sigma.length, top = sigma[0].log10;
    const all = sigma.map((s, k) => [s, k]).filter(([s]) => isFinite(s.log10)), zero = n - all.length;
    const cut = brokenAt(all.map(([s]) => s.log10)), last = all.length ? all[all.length - 1][0].log10 : 0;
    const of = (list, marker) => [['y', list.filter(([, k]) => cut === null || k < cut)], ['y2', list.filter(([, k]) => cut !== null && k >= cut)]]
      .filter(([name, part]) => part.length || name === 'y').map(([yaxis, part]) => ({x: part.map(([, k]) => k + 1), y: part.map(([s]) => s.log10), yaxis, mode: 'markers', marker,
        text: part.map(([s, k]) => `σ<sub>${k + 1}</sub> ${s.text}<br>${s.status}<br>${tmm.plain(s.method)}`), hovertemplate: '%{text}<extra></extra>'}));
    const q = Array.from(quantiles, (v, k) => [n * (1 - k / (quantiles.length - 1)), Math.log10(v)]).filter(([, v]) => isFinite(v));
    const pad = (low, high, top = high) => [low - Math.max(0.08 * (high - low), 0.05), top + Math.max(0.08 * (high - low), 0.05)];
    const ranges = {y: pad(cut === null ? last : all[cut - 1][0].log10, top, Math.max(top, ...q.slice(0, 1).map(([, y]) => y)))};
    if (cut !== null) ranges.y2 = pad(Math.min(last, all[cut][0].log10 - 2), all[cut][0].log10);
    const marksOf = floors.flatMap(([name, y]) => Object.entries(ranges).filter(([, [low, high]]) => top + y > low && top + y < high).slice(-1)
      .map(([yref, [low, high]]) => ({name, yref, y: top + y, part: (top + y - low) / (high - low) * (yref === 'y2' ? parts.below : 1)})));
    const named = marksOf.filter(({yref, part}, k) => !marksOf.some((m, j) => j !== k && m.yref === yref && part > m.part && part - m.part < 0.07));
    const gap = cut === null ? [] : [parts.below, 1 - parts.above].map((y) => ({type: 'line', xref: 'paper', yref: 'paper', x0: -0.012, x1: 0.012, y0: y - 0.015, y1: y + 0.015, line: {color: theme.ink, width: 1.2}}));
    return {traces: [
      {x: q.map(([x]) => x), y: q.map(([, y]) => y), mode: 'lines', line: {color: theme.grey, width: 2}, hovertemplate: '|a| quantile ≈ 10^%{y:.3f}<extra></extra>'},
      ...of(all.filter(([s]) => s.status !== 'below precision'), {size: 4, color: theme.blue}),
      ...of(all.filter(([s]) => s.status === 'below precision'), {size: 7, color: theme.orange, symbol: 'triangle-down-open'})],
    layout: {
      shapes: [...marksOf.map(({yref, y}) => ({type: 'line', xref: 'paper', yref, x0: 0, x1: 1, y0: y, y1: y, line: {color: theme.soft, width: 1, dash: 'dot'}, layer: 'below'})), ...gap],
      annotations: [...named.map(({name, yref, y}) => ({xref: 'paper', x: 0.01, xanchor: 'left', yref, y, yanchor: 'bottom', text: name, showarrow: false, font: {size: 10, color: theme.soft}})),
        ...(zero ? [{xref: 'paper', yref: 'paper', x: 0.99, xanchor: 'right', y: 0.02, yanchor: 'bottom', text: `${zero} exactly 0`, showarrow: false, font: {size: 11, color: theme.orange}}] : [])],
      xaxis: axis(theme, {title: 'i', range: [0, n + 1], anchor: cut === null ? 'y' : 'y2'}),
      yaxis: axis(theme, {title: 'log₁₀ σ', range: ranges.y, domain: cut === null ? [0, 1] : [1 - parts.above, 1], zeroline: false}),
      ...(cut === null ? {} : {yaxis2: axis(theme, {range: ranges.y2, domain: [0, parts.below], nticks: 5, zeroline: false})})}};
  }});
