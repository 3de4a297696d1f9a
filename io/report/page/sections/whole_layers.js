// SPDX-License-Identifier: MIT
const wholeLayers = (section) => {
  const cell = (m) => make('span', {title: explain(m)}, mark(m.status), ' ', m.value === undefined && m.upper_bound !== undefined ? '≤ ' + tmm.pretty(tmm.bound(m.upper_bound, 'upper')) : m.value === undefined && m.lower_bound !== undefined ? '≥ ' + tmm.pretty(tmm.bound(m.lower_bound, 'lower')) : minus(m.value ?? m.value_text ?? '–'));
  /// The index of the layer is that of its operators, once for every channel that they act on.
  const index = (model, l) => {
    const sum = model.operators.filter((o) => o.part === l.part && o.block === l.block).reduce((s, o) => s + (o.measures.fredholm_index?.value ?? NaN), 0);
    const times = l.fredholm_index.value / sum;
    return make('span', {}, cell(l.fredholm_index), Number.isInteger(times) && times > 1 ? ` = ${times} channels × ${sum < 0 ? `(${minus(sum)})` : sum}` : '');
  };
  section.append(make('p', {class: 'note'}, 'The token mixing of a block as one operator on sequences of vectors: an operator that every channel shares counts once for each channel.'), simpleTable(['file', 'part', 'block', 'operators', 'Fredholm index', 'condition of P', 'condition of O'],
    report.models.flatMap((model) => model.layers.map((l) => [model.file, l.part, String(l.block), String(l.operators), index(model, l), ...[l.condition_input_projection, l.condition_output_projection].map((m) => typeof m.value === 'number' ? make('span', {title: explain(m)}, mark(m.status), ' ', short(m.value)) : cell(m))])), 2));
};
sections.push(['Whole layers', (report?.models ?? []).some((m) => m.layers.length), wholeLayers]);
