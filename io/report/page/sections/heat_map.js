// SPDX-License-Identifier: MIT
const heatMap = (section) => {
  const ids = ['winding_fraction', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'sigma_max', 'log10_sigma_min',
    'effective_index_float32', 'stable_rank', 'effective_rank', 'avram_parter_distance'].filter((id) => operators.some((op) => op.json.measures[id]));
  const value = (op, id) => { const m = op.json.measures[id]; return m && typeof m.value === 'number' ? m.value : null; };
  const rank = ids.map((id) => {
    const sorted = operators.map((op) => value(op, id)).filter((v) => v !== null).sort((a, b) => a - b);
    return (v) => v === null ? null : sorted.length < 2 ? 0.5 : (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2 / (sorted.length - 1);
  });
  const row = operators.length <= 40 ? 24 : 13;
  const figure = chart({title: 'Layers × measures', file: 'heat-map', height: Math.max(220, operators.length * row + 90) + 'px',
    about: 'Colour: rank within the column, the deeper the larger. Cells without colour have no number: a bound, undecided, or not defined. Hover for value and status.',
    rows: () => [['layer', ...ids], ...operators.map((op) => [op.label, ...ids.map((id) => whole(op.json.measures[id] ?? {}))])],
    figure: (theme) => ({traces: [{type: 'heatmap', x: ids.map(title), y: operators.map((_, i) => i), z: operators.map((op) => ids.map((id, k) => rank[k](value(op, id)))),
      zmin: 0, zmax: 1, colorscale: [[0, theme.panel], [1, theme.blue + '8c']], showscale: false, xgap: 2, ygap: operators.length <= 40 ? 2 : 0, hoverongaps: false,
      text: operators.map((op) => ids.map((id) => op.texts[id] ?? '')), texttemplate: operators.length <= 40 ? '%{text}' : undefined, textfont: {size: 11, color: theme.ink},
      customdata: operators.map((op) => ids.map((id) => plain(op.label) + '<br>' + plain(title(id)) + ' ' + plain(op.texts[id] ?? '–') + '<br>' + (op.json.measures[id]?.status ?? ''))),
      hovertemplate: '%{customdata}<extra></extra>'}],
    layout: {annotations: operators.length > 40 ? [] : operators.flatMap((op, i) => ids.filter((id) => value(op, id) === null && op.json.measures[id])
        .map((id) => ({x: title(id), y: i, text: plain(op.texts[id]), showarrow: false, font: {size: 11, color: theme.soft}}))),
      xaxis: axis(theme, {side: 'top', showgrid: false, tickangle: -35}), yaxis: axis(theme, {autorange: 'reversed', showgrid: false, zeroline: false,
      tickvals: operators.map((_, i) => i), ticktext: operators.map((op) => plain(op.label.slice(0, 34)))})}})});
  figure.style.minWidth = '46rem';
  section.append(scroll(false, figure));
};
