// SPDX-License-Identifier: MIT
// A study: windings by group, layer and step with statistics over models, comparisons of groups, runs.
const lossOf = (m) => m.validation_loss.length ? m.validation_loss : m.train_loss;
const fractionOf = (layer, number) => typeof number === 'number' && layer.n > 1 ? number / (layer.n - 1) : null;

/// Order statistics of numbers, interpolated linearly between neighbours as the tables of the program are; null of none.
const spread = (values) => {
  const sorted = values.filter((v) => typeof v === 'number').sort((a, b) => a - b);
  if (!sorted.length) return null;
  const at = (q) => { const place = q * (sorted.length - 1), i = Math.floor(place); return sorted[i] + (place - i) * ((sorted[i + 1] ?? sorted[i]) - sorted[i]); };
  return {count: sorted.length, minimum: sorted[0], lower: at(0.25), median: at(0.5), upper: at(0.75), maximum: sorted.at(-1)};
};
const range = (d, digits = 3) => !d ? '–' : d.count === 1 ? short(d.median, digits) : `${short(d.median, digits)} (${short(d.minimum, digits)} … ${short(d.maximum, digits)})`;

/// One number a model: of an operator, or the median over its operators; `of` takes it from a layer.
const ofModel = (m, label, of) => spread(m.layers.filter((l) => label === '' || l.label === label).map(of))?.median ?? null;
const endSpread = (group, label) => spread(group.models.map((i) => ofModel(study.models[i], label, (l) => fractionOf(l, l.end))));
const stepSpread = (group, label, step) => spread(group.models.map((i) => {
  const m = study.models[i], k = m.steps.indexOf(step);
  return k < 0 ? null : ofModel(m, label, (l) => fractionOf(l, l.numbers[k]));
}));
const lossSpread = (group, step) => spread(group.models.map((i) => lossOf(study.models[i]).find(([at]) => at === step)?.[1]));
const ascending = (list) => [...new Set(list)].sort((a, b) => a - b);

/// Medians of groups as lines with bands from the least to the largest, by step.
const bandChart = (title, file, about, unit, groups, steps, at) => chart({title, file, about,
  rows: () => [['group', 'step', 'models', 'minimum', 'lower_quartile', 'median', 'upper_quartile', 'maximum'],
    ...groups.flatMap((g) => steps.map((s) => [s, at(g, s)]).filter(([, d]) => d).map(([s, d]) => [g.name, s, d.count, d.minimum, d.lower, d.median, d.upper, d.maximum]))],
  figure: (theme) => {
    const known = groups.map((g) => steps.map((s) => [s, at(g, s)]).filter(([, d]) => d));
    const {traces, layout} = lines(theme, steps, groups.map((g) => [g.name, []]), unit);
    const bands = traces.flatMap((trace, k) => {
      const all = known[k], edge = {mode: 'lines', line: {width: 0}, hoverinfo: 'skip', showlegend: false};
      Object.assign(trace, {x: all.map(([s]) => s), y: all.map(([, d]) => d.median), mode: steps.length > 60 ? 'lines' : 'lines+markers', text: all.map(([, d]) => `${range(d, 4)}, ${d.count} models`), hovertemplate: `${plain(groups[k].name)}<br>step %{x}: %{text}<extra></extra>`});
      return [{...edge, x: trace.x, y: all.map(([, d]) => d.minimum)}, {...edge, x: trace.x, y: all.map(([, d]) => d.maximum), fill: 'tonexty', fillcolor: trace.line.color + '22'}];
    });
    return {traces: [...bands, ...traces], layout: unit === 'N/(n−1)' ? {...layout, yaxis: {...layout.yaxis, range: [-0.02, 1.02]},
      shapes: [{type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 0.5, y1: 0.5, line: {color: theme.soft, width: 1, dash: 'dot'}, layer: 'below'}]} : layout};
  }});

const pairTable = (grouping, pair) => {
  const a = grouping.groups[pair.a].name, b = grouping.groups[pair.b].name, p = (value) => value === null ? '–' : short(value, 3);
  const table = (measures) => simpleTable(['measure', 'median ' + a, 'median ' + b, 'δ', 'interval', 'p, operators', 'Holm', 'p, models', 'unresolved pairs'], measures.map((m) =>
    [title(m.id), tmm.pretty(m.a), tmm.pretty(m.b), short(m.delta, 3), `[${short(m.lower, 3)}, ${short(m.upper, 3)}]`, p(m.p_operators), p(m.holm), p(m.p_models), String(m.unresolved_pairs)]));
  const chosen = pair.measures.filter((m) => pair.shown.includes(m.id)), rest = pair.measures.filter((m) => !pair.shown.includes(m.id));
  return [make('h3', {}, `${a} against ${b}`), ...pair.warnings.map((text) => make('p', {class: 'warning'}, text)), table(chosen),
    ...(rest.length ? [make('details', {}, make('summary', {}, `${rest.length} further measures, which are not independent of these`), table(rest))] : [])];
};

const groupingSection = (grouping, number) => (section) => {
  const {groups, name} = grouping, steps = ascending(groups.flatMap((g) => g.models.flatMap((i) => study.models[i].steps)));
  const labels = [...new Set(groups.flatMap((g) => g.models.flatMap((i) => study.models[i].layers.map((l) => l.label))))];
  const recorded = ascending(groups.flatMap((g) => g.models.flatMap((i) => lossOf(study.models[i]).map(([s]) => s))));
  const losses = groups.map((g) => spread(g.models.map((i) => lossOf(study.models[i]).at(-1)?.[1])));
  section.append(make('p', {class: 'note'}, 'One number a model: of the chosen layer, or the median over its layers. Lines and numbers are medians over models, bands and brackets go from the least to the largest. Dotted: ½, where untrained weights are. What is not proven is left out.'),
    simpleTable([name, 'models', 'last loss', 'N/(n−1) at the end'], groups.map((g, k) => [g.name, String(g.models.length), range(losses[k], 4), range(endSpread(g, ''))])));
  const select = make('select', {id: 'layer-' + number}, make('option', {value: ''}, 'all layers'), ...labels.map((l) => make('option', {value: l}, 'layer ' + l)));
  const place = make('div', {class: 'charts'});
  const fill = () => {
    const label = select.value, words = label === '' ? 'all layers' : 'layer ' + label;
    for (const figure of place.querySelectorAll('figure')) tmm.drop(figure);
    place.replaceChildren(...(steps.length > 1 ? [bandChart('N/(n−1) by training step, ' + words, `${name}-windings-${label || 'all'}`, '', 'N/(n−1)', groups, steps, (g, s) => stepSpread(g, label, s))] : []),
      ...(recorded.length > 1 ? [bandChart('Loss by training step', name + '-losses', '', 'nats a token', groups, recorded, lossSpread)] : []));
  };
  select.addEventListener('change', fill);
  fill();
  section.append(make('p', {class: 'controls'}, make('label', {for: 'layer-' + number}, 'Windings of '), select), place,
    make('h3', {}, 'N/(n−1) at the end, by layer'), simpleTable(['layer', ...groups.map((g) => g.name)], labels.map((l) => [l, ...groups.map((g) => range(endSpread(g, l)))])));
  if (grouping.pairs.length) section.append(make('p', {class: 'note'}, 'Cliff\'s δ = P(first > second) − P(first < second) with a 95 % bootstrap interval; p: Mann–Whitney, over operators and over the medians of models; Holm: p over operators adjusted for the measures of the program\'s table together.'));
  for (const pair of grouping.pairs) section.append(...pairTable(grouping, pair));
};

const runsSection = (section) => {
  for (const text of study.warnings) section.append(make('p', {class: 'warning'}, text));
  for (const {name, reason} of study.missing) section.append(make('p', {class: 'warning'}, `${name} has no result: ${reason}`));
  section.append(simpleTable(['run', ...study.axes.map((a) => a.name), 'train loss', 'validation loss', 'N at the end'], study.models.map((m) =>
    [m.name, ...study.axes.map((a, k) => a.values[m.values[k]]), short(m.train_loss.at(-1)?.[1]), short(m.validation_loss.at(-1)?.[1]), m.layers.map((l) => l.end ?? '?').join(' ')])));
};
if (study) for (const [k, grouping] of study.groupings.entries()) sections.push([grouping.name === 'all runs' ? 'All runs' : 'By ' + grouping.name, true, groupingSection(grouping, k)]);
sections.push(['Runs', study, runsSection]);
