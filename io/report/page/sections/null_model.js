// SPDX-License-Identifier: MIT
const nullModel = (section) => {
  const ids = ['winding_fraction', 'index_margin', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'symbol_max', 'sigma_max', 'log10_sigma_min', 'log10_condition',
    'effective_index_float32', 'effective_index_bfloat16', 'effective_index_float16', 'stable_rank', 'effective_rank', 'avram_parter_distance', 'log10_circulant_condition']
    .filter((id) => operators.some((op) => typeof op.json.null_model[id]?.z_score === 'number'));
  section.append(make('p', {class: 'note'}, `Each measure against ${report.options.null_draws} freshly initialised layers (seed ${report.options.seed}): bands of one, two and three of their standard deviations. A point is an operator.`));
  section.append(chart({title: 'Distance from untrained', file: 'null-model', height: ids.length * 26 + 90 + 'px', about: 'z = (value − mean)/deviation, on a scale that is linear near 0 and logarithmic beyond. Hover gives z and rank; the CSV has every measure.',
    rows: () => [['layer', 'measure', 'z_score', 'rank', 'mean', 'deviation', 'draws'], ...operators.flatMap((op) => Object.entries(op.json.null_model).map(([id, c]) => [op.label, id, c.z_score, c.rank, c.mean, c.deviation, c.draws]))],
    figure: (theme) => {
      const points = operators.flatMap((op) => ids.filter((id) => typeof op.json.null_model[id]?.z_score === 'number').map((id) => [op, id, op.json.null_model[id]]));
      const ticks = [-1000, -100, -30, -10, -3, 0, 3, 10, 30, 100, 1000];
      return {traces: [{x: points.map(([, , c]) => Math.asinh(c.z_score)), y: points.map(([, id]) => title(id)), mode: 'markers', marker: {size: 8, color: theme.blue, opacity: 0.65},
        text: points.map(([op, id, c]) => `${plain(op.label)}<br>${plain(title(id))} ${plain(printed(op.texts[id] ?? ''))}<br>z = ${short(c.z_score)}, rank ${short(c.rank)}`), hovertemplate: '%{text}<extra></extra>'}],
      layout: {shapes: [3, 2, 1].map((s) => ({type: 'rect', yref: 'paper', y0: 0, y1: 1, x0: -Math.asinh(s), x1: Math.asinh(s), fillcolor: theme.green, opacity: 0.1, line: {width: 0}, layer: 'below'})),
        xaxis: axis(theme, {title: 'z', tickvals: ticks.map(Math.asinh), ticktext: ticks.map(minus)}), yaxis: axis(theme, {autorange: 'reversed', tickvals: ids.map(title), range: [-0.5, ids.length - 0.5]})}};
    }}));
};
sections.push(['Against untrained layers', operators.some((op) => Object.keys(op.json.null_model).length), nullModel]);
