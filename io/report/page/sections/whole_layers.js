// SPDX-License-Identifier: MIT
const wholeLayers = (section) => {
  const cell = (m) => make('span', {title: explain(m)}, mark(m.status), ' ', String(m.value ?? m.value_text ?? (m.upper_bound !== undefined ? '≤ ' + m.upper_bound : m.lower_bound !== undefined ? '≥ ' + m.lower_bound : '–')));
  section.append(make('p', {class: 'note'}, 'The token mixing of a block as one operator on sequences of vectors.'), simpleTable(['file', 'part', 'block', 'operators', 'Fredholm index', 'condition of P', 'condition of O'],
    report.models.flatMap((model) => model.layers.map((l) => [model.file, l.part, String(l.block), String(l.operators), cell(l.fredholm_index), ...[l.condition_input_projection, l.condition_output_projection].map((m) => typeof m.value === 'number' ? make('span', {title: explain(m)}, mark(m.status), ' ', short(m.value)) : cell(m))])), 2));
};
