// SPDX-License-Identifier: MIT
/// Lines over training steps; dashes as well as colours tell them apart.
tmm.lines = (theme, x, series, words) => ({traces: series.map(([name, y], k) => ({x, y, name: tmm.plain(name), mode: x.length > 60 ? 'lines' : 'lines+markers', marker: {size: 5}, line: {width: 1.8, color: [theme.blue, theme.orange, theme.green, theme.purple, theme.grey][k % 5], dash: ['solid', 'dash', 'dot', 'dashdot'][Math.floor(k / 5) % 4]}, hovertemplate: `${tmm.plain(name)}<br>step %{x}: %{y:.6g}<extra></extra>`})),
  layout: {showlegend: true, xaxis: axis(theme, {title: 'step'}), yaxis: axis(theme, {title: words})}});
