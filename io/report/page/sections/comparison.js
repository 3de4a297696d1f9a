// SPDX-License-Identifier: MIT
/// A logarithmic axis for positive values that span three decades or more.
const scaleOf = (m) => {
  const all = [...m.a.values, ...m.b.values].map((v) => v.value).filter((v) => typeof v === 'number');
  const least = Math.min(...all), most = Math.max(...all);
  return least > 0 && most / least >= 1e3 ? {type: 'log', exponentformat: 'power', title: 'logarithmic'} : {};
};

const comparisonSection = (section) => {
  const {a, b} = comparison, sides = [[a, 'a', 'blue'], [b, 'b', 'orange']];
  section.append(simpleTable(['group', 'file', 'architecture', 'operators', 'sha256'], sides.flatMap(([g]) => g.models.map((m) => [g.name, m.file, m.architecture, String(m.operators), m.sha256.slice(0, 12)])), 3));
  for (const text of comparison.warnings) section.append(make('p', {class: 'warning'}, text));
  const p = (test) => test ? short(test.p_value, 3) : '–';
  section.append(make('p', {class: 'note'}, `Cliff's δ = P(${a.name} > ${b.name}) − P(${a.name} < ${b.name}) with a ${100 * comparison.options.confidence} % bootstrap interval; p: Mann–Whitney; Holm: p adjusted for the ${comparison.options.adjusted_measures.length} measures ${comparison.options.adjusted_measures.map(title).join(', ')} together; the others are not independent of these.`),
    ...comparison.not_compared.map((m) => make('p', {class: 'note'}, `${title(m.id)} is beyond the range of double in ${m.operators_beyond_double} of the operators, so it is not compared: see ${title('log10_' + m.id)}.`)),
    simpleTable(['measure', 'median ' + a.name, 'median ' + b.name, 'δ', 'interval', 'p, operators', 'Holm', 'p, models', 'unresolved pairs'], comparison.measures.map((m) =>
      [title(m.id), short(m.a.distribution.median), short(m.b.distribution.median), short(m.cliffs_delta.value, 3), `[${short(m.cliffs_delta.lower, 3)}, ${short(m.cliffs_delta.upper, 3)}]`, p(m.mann_whitney_operators), m.adjusted_p_value === null ? '–' : short(m.adjusted_p_value, 3), p(m.mann_whitney_models), String(m.unresolved_pairs)])));
  const grid = make('div', {class: 'charts'});
  for (const m of comparison.measures) grid.append(chart({title: title(m.id), file: `${a.name}-${b.name}-${m.id}`, about: `δ = ${short(m.cliffs_delta.value, 3)} [${short(m.cliffs_delta.lower, 3)}, ${short(m.cliffs_delta.upper, 3)}]` + (m.adjusted_p_value === null ? '' : `, Holm p = ${short(m.adjusted_p_value, 3)}`) + (m.a.not_numbers + m.b.not_numbers ? `; ${m.a.not_numbers + m.b.not_numbers} operators without a number` : ''),
    rows: () => [['group', 'model', 'layer', 'value', 'error'], ...sides.flatMap(([g, side]) => m[side].values.map((v) => [g.name, g.models[v.model]?.file, v.layer, v.value ?? v.value_text, v.error]))],
    figure: (theme) => ({traces: sides.flatMap(([g, side, color], k) => {
      const d = m[side].distribution, values = m[side].values;
      return [{type: 'box', x: [k], name: plain(g.name), q1: [d.lower_quartile], median: [d.median], q3: [d.upper_quartile], lowerfence: [d.minimum], upperfence: [d.maximum], width: 0.5, line: {color: theme[color], width: 1.4}, fillcolor: 'rgba(0,0,0,0)', hoverinfo: 'y'},
        {x: values.map((_, i) => k + 0.36 * ((i * 0.618034) % 1 - 0.5)), y: values.map((v) => v.value), mode: 'markers', marker: {size: 6, color: theme[color], opacity: 0.6}, text: values.map((v) => `${plain(g.name)}, layer ${plain(v.layer)}<br>${short(v.value, 6)}`), hovertemplate: '%{text}<extra></extra>'}];
    }), layout: {xaxis: axis(theme, {tickvals: [0, 1], ticktext: [plain(a.name), plain(b.name)], range: [-0.6, 1.6], showgrid: false, zeroline: false}), yaxis: axis(theme, scaleOf(m))}})}));
  section.append(grid);
  const first = comparison.measures[0];
  if (first?.layers.length) section.append(make('h3', {}, 'By layer, ' + title(first.id)), simpleTable(['layer', 'median ' + a.name, 'median ' + b.name],
    first.layers.map((l) => [l.layer, short(l.a?.median), short(l.b?.median)])));
  for (const [k, [g, t]] of sides.flatMap(([g]) => g.trajectories.map((t) => [g, t])).entries()) section.append(trajectory(g.name + ': ' + t.file, t), ...(t.logged ? [loggedLosses(g.name + ': ' + t.file, t)] : []), ...(tmm.stepSlider?.(k, g.name + ': ' + t.file) ?? []));
};
sections.push(['Comparison', comparison, comparisonSection]);
