// SPDX-License-Identifier: MIT
const wholeLayersOfRows = (section) => {
  const cell = (m) => make('span', {title: explain(m)}, mark(m.status), ' ', m.value === undefined && m.upper_bound !== undefined ? '≤ ' + tmm.pretty(tmm.bound(m.upper_bound, 'upper')) : m.value === undefined && m.lower_bound !== undefined ? '≥ ' + tmm.pretty(tmm.bound(m.lower_bound, 'lower')) : minus(m.value ?? m.value_text ?? '–'));
  const condition = (m) => typeof m.value === 'number' ? make('span', {title: explain(m)}, mark(m.status), ' ', short(m.value)) : cell(m);
  const index = column('fredholm_index'), sums = new Map(), key = (m, part, block) => `${m}/${block}/${part}`;
  for (let i = 0; i < rowCount; ++i) {
    const k = key(rowModel[i], volume.parts[rowPart[i]], rowBlock[i]);
    sums.set(k, (sums.get(k) ?? 0) + (index ? index.numbers[i] : NaN));
  }
  /// The index of the layer is that of its operators, once for every channel that they act on.
  const indexOf = (m, l) => {
    const sum = sums.get(key(m, l.part, l.block)), times = l.fredholm_index.value / sum;
    return make('span', {}, cell(l.fredholm_index), Number.isInteger(times) && times > 1 ? ` = ${times} channels × ${sum < 0 ? `(${minus(sum)})` : sum}` : '');
  };
  section.append(make('p', {class: 'note'}, 'The token mixing of a block as one operator on sequences of vectors: an operator that every channel shares counts once for each channel.'), simpleTable(['file', 'part', 'block', 'operators', 'Fredholm index', 'condition of P', 'condition of O'],
    report.models.flatMap((model, m) => model.layers.map((l) => [model.file, l.part, String(l.block), String(l.operators), indexOf(m, l), condition(l.condition_input_projection), condition(l.condition_output_projection)])), 2));
};
sections.push(['Whole layers', report.models.some((m) => m.layers.length), wholeLayersOfRows]);
