// SPDX-License-Identifier: MIT
// All operators of the page and how they and their measures are shown in words.
const {make, short, plain, chart, lines} = tmm;
/// [name, whether the page has it, what fills it], in the order in which their files come.
const sections = [];
const report = tmm.data('report'), shown = tmm.data('operators'), comparison = tmm.data('comparison'), training = tmm.data('training'), study = tmm.data('study');

const marks = {certified: ['●', 'certified'], numerical: ['○', 'numerical'], 'below precision': ['◁', 'below precision: a bound'],
  undecided: ['?', 'undecided'], 'not defined': ['–', 'not defined']};
/// All operators of all files in one list.
const operators = (report?.models ?? []).flatMap((model, m) => model.operators.map((json) => ({json, model, m})));
operators.forEach((op, i) => {
  const several = report.models.length > 1, file = op.model.file.replace(/^.*\//, '').replace(/\.(h5|hdf5|safetensors)$/, '');
  Object.assign(op, {i, n: op.json.n, layer: shown[i].label, label: (several ? file + ' · ' : '') + shown[i].label, texts: shown[i].texts,
    margin: op.json.winding.status === 'certified' ? op.json.winding.margin : 0});
  op.turns = op.json.winding.status === 'certified' ? (op.json.winding.number === 1 ? 'once' : op.json.winding.number + ' times') : 'an unproven number of times';
});
/// A card is found by its tensor's name, where that says which: links last longer than numbers.
for (const op of operators) {
  const name = (report.models.length > 1 ? op.model.file.replace(/^.*\//, '') + ':' : '') + op.json.name;
  op.anchor = places.has(name) ? 'operator-' + op.i : name;
  if (!places.has(name)) places.set(name, 'operator-' + op.i);
}
/// Longer symbols would take gigabytes in a browser.
tmm.drawableWeights = 2 ** 17;
const isToeplitz = (op) => op.json.kind !== 'dense causal', isDrawable = (op) => isToeplitz(op) && op.n <= tmm.drawableWeights, drawable = operators.filter(isDrawable);

const mark = (status) => make('span', {class: 'mark ' + status.replace(' ', '-'), title: marks[status][1]},
  make('span', {'aria-hidden': 'true'}, marks[status][0]), make('span', {class: 'hidden'}, marks[status][1]));
/// A number with the sign that belongs to numbers.
const minus = (value) => String(value).replace('-', '−');
const whole = (measure) => measure.value ?? measure.value_text ?? measure.upper_bound ?? measure.lower_bound ?? '';
const explain = (measure) => [whole(measure), measure.status, measure.error ? 'error ' + measure.error : '', measure.method].filter((t) => t !== '').join(' · ');
/// A number as the terminal prints it, set with signs and superscripts.
const printed = (text) => text === '-' ? '–' : tmm.pretty(text).replace(/^</, '≤ ').replace(/^>/, '≥ ');
/// A number as text, cut at its error, with how it is known.
const number = (op, id) => {
  const measure = op.json.measures[id];
  if (!measure) return make('span', {}, '');
  return make('span', {title: explain(measure), 'data-measure': id}, mark(measure.status), ' ', printed(op.texts[id]));
};
const legend = () => make('p', {class: 'legend'}, ...Object.values(marks).map(([sign, words]) => make('span', {}, sign + ' ' + words)));
const scroll = (tall, ...children) => make('div', {class: 'scroll' + (tall ? ' tall' : ''), tabindex: '0'}, ...children);
const simpleTable = (head, rows, words = 1) => scroll(false, make('table', {},
  make('thead', {}, make('tr', {}, ...head.map((h, k) => make('th', {scope: 'col', class: k < words ? 'words' : undefined}, h)))),
  make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, k) => make('td', {class: k < words ? 'words' : undefined}, cell)))))));
