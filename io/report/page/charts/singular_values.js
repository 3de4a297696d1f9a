// SPDX-License-Identifier: MIT
tmm.sigmaChart = (op, i, floors) => tmm.chart({title: 'Singular values', file: op.label + '-singular-values',
  about: 'Points: σ of T_n, descending. Grey line: quantiles of |a|, what they would be without boundary. Dotted: σ_max times a unit round-off. '
    + 'Triangles are upper bounds.',
  rows: () => [['i', 'value', 'status', 'method'], ...tmm.arrays(i).sigma.map((s, k) => [k + 1, s.exact, s.status, s.method])],
  figure: (theme) => {
    const {sigma, quantiles} = tmm.arrays(i), n = sigma.length, top = sigma[0].log10, window = top - 18;
    const of = (list, marker) => ({x: list.map(([, k]) => k + 1), y: list.map(([s]) => s.log10), mode: 'markers', marker,
      text: list.map(([s, k]) => `σ<sub>${k + 1}</sub> ${s.text}<br>${s.status}<br>${tmm.plain(s.method)}`), hovertemplate: '%{text}<extra></extra>'});
    const all = sigma.map((s, k) => [s, k]).filter(([s]) => isFinite(s.log10));
    const below = all.filter(([s]) => s.log10 < window), zero = n - all.length;
    const q = Array.from(quantiles, (v, k) => [n * (1 - k / (quantiles.length - 1)), Math.log10(v)]).filter(([, v]) => isFinite(v));
    const low = Math.max(window, Math.min(...all.map(([s]) => s.log10), top + floors[0][1] - 0.5));
    const last = below[below.length - 1];
    const lines = [below.length ? `▼ ${below.length} below this window, least σ<sub>${last[1] + 1}</sub> ${last[0].text}` : '', zero ? `${zero} exactly 0` : ''].filter(Boolean);
    return {traces: [
      {x: q.map(([x]) => x), y: q.map(([, y]) => y), mode: 'lines', line: {color: theme.grey, width: 2}, hovertemplate: '|a| quantile ≈ 10^%{y:.3f}<extra></extra>'},
      of(all.filter(([s]) => s.status !== 'below precision'), {size: 4, color: theme.blue}),
      of(all.filter(([s]) => s.status === 'below precision'), {size: 7, color: theme.orange, symbol: 'triangle-down-open'})],
    layout: {
      shapes: floors.map(([, y]) => ({type: 'line', xref: 'paper', x0: 0, x1: 1, y0: top + y, y1: top + y, line: {color: theme.soft, width: 1, dash: 'dot'}, layer: 'below'})),
      annotations: [...floors.map(([name, y]) => ({xref: 'paper', x: 0.01, xanchor: 'left', y: top + y, yanchor: 'bottom', text: name, showarrow: false, font: {size: 10, color: theme.soft}})),
        ...(lines.length ? [{xref: 'paper', yref: 'paper', x: 0.99, xanchor: 'right', y: 0.02, yanchor: 'bottom', text: lines.join('<br>'), showarrow: false, font: {size: 11, color: theme.orange}}] : [])],
      xaxis: axis(theme, {title: 'i', range: [0, n + 1]}), yaxis: axis(theme, {title: 'log₁₀ σ', range: [low - 0.5, top + 0.7]})}};
  }});
