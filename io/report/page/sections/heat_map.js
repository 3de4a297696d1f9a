// SPDX-License-Identifier: MIT
/// The colour of a cell has a meaning that the bars beside it tell: N/(n−1) itself, on both sides of ½, and of every other measure
/// its rank within the column.
const heatMap = (section) => {
  const ids = ['winding_fraction', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'sigma_max', 'log10_sigma_min',
    'effective_index_float32', 'stable_rank', 'effective_rank', 'avram_parter_distance'].filter((id) => operators.some((op) => op.json.measures[id]));
  const value = (op, id) => { const m = op.json.measures[id]; return m && typeof m.value === 'number' ? m.value : null; };
  const rank = ids.map((id) => {
    const sorted = operators.map((op) => value(op, id)).filter((v) => v !== null).sort((a, b) => a - b);
    return (v) => v === null ? null : sorted.length < 2 ? 0.5 : (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2 / (sorted.length - 1);
  });
  const few = operators.length <= 40, row = few ? 24 : 13;
  const figure = chart({title: 'Layers × measures', file: 'heat-map', height: Math.max(260, operators.length * row + 90) + 'px',
    about: 'Colour of N/(n−1): its value, blue below ½, orange above. Colour of every other measure: rank among the operators, not size. A cell '
      + (few ? 'of text only' : 'with a cross and no colour') + ' has no number: a bound, undecided, or not defined. A click leads to the operator.',
    rows: () => [['layer', ...ids], ...operators.map((op) => [op.label, ...ids.map((id) => whole(op.json.measures[id] ?? {}))])],
    figure: (theme) => {
      const trace = (of, color) => ({type: 'heatmap', x: ids.map(title), y: operators.map((_, i) => i), zmin: 0, zmax: 1, xgap: 2, ygap: few ? 2 : 0, hoverongaps: false,
        z: operators.map((op) => ids.map((id, k) => of(id) ? (id === 'winding_fraction' ? value(op, id) : rank[k](value(op, id))) : null)),
        text: operators.map((op) => ids.map((id) => of(id) && value(op, id) !== null ? printed(op.texts[id]) : '')), texttemplate: few ? '%{text}' : undefined, textfont: {size: 11, color: theme.ink},
        customdata: operators.map((op) => ids.map((id) => plain(op.label) + '<br>' + plain(title(id)) + ' ' + plain(printed(op.texts[id] ?? '-')) + '<br>' + (op.json.measures[id]?.status ?? ''))),
        hovertemplate: '%{customdata}<extra></extra>', ...color});
      const bar = (words, y, ticks) => ({len: 0.5, y, yanchor: 'bottom', thickness: 10, outlinewidth: 0, title: {text: words, side: 'right', font: {size: 10, color: theme.soft}},
        tickfont: {size: 10, color: theme.soft}, tickvals: [0, 0.5, 1], ticktext: ticks});
      const one = (id) => id === 'winding_fraction';
      const without = operators.flatMap((op, i) => ids.filter((id) => value(op, id) === null && op.json.measures[id]).map((id) => [op, i, id]));
      return {traces: [
        trace(one, {colorscale: [[0, theme.blue + 'b0'], [0.5, theme.grey + '40'], [1, theme.orange + 'b0']], colorbar: bar('N/(n−1)', 0.5, ['0', '½', '1'])}),
        trace((id) => !one(id), {colorscale: [[0, theme.green + '26'], [1, theme.green + 'a6']], colorbar: bar('rank in column', -0.02, ['least', '', 'most'])}),
        ...(without.length ? [{...trace(() => false, {colorscale: [[0, theme.grey + '00'], [1, theme.grey + '00']], showscale: false}), name: 'no number',
          z: operators.map((op) => ids.map((id) => op.json.measures[id] && value(op, id) === null ? 0 : null))}] : []),
        ...(few || !without.length ? [] : [{type: 'scatter', mode: 'markers', x: without.map(([, , id]) => title(id)), y: without.map(([, i]) => i), hoverinfo: 'skip', marker: {symbol: 'x-thin', size: 6, line: {width: 1, color: theme.soft}}}])],
      layout: {annotations: few ? without.map(([op, i, id]) => ({x: title(id), y: i, text: plain(printed(op.texts[id])), showarrow: false, font: {size: 11, color: theme.soft}})) : [],
        xaxis: axis(theme, {side: 'top', showgrid: false, tickangle: -35}), yaxis: axis(theme, {autorange: 'reversed', showgrid: false, zeroline: false,
        tickvals: operators.map((_, i) => i), ticktext: operators.map((op) => plain(op.label.slice(-34)))})}};
    },
    click: (point) => tmm.go('operator-' + point.y)});
  figure.style.minWidth = '46rem';
  section.append(scroll(false, figure));
};
sections.push(['Heat map', operators.length, heatMap]);
