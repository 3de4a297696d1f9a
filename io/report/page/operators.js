// SPDX-License-Identifier: MIT
// All operators of the page and how they and their measures are shown in words.
const {make, short, plain, chart, lines} = tmm;
const report = tmm.data('report'), shown = tmm.data('operators'), comparison = tmm.data('comparison'), training = tmm.data('training');

const marks = {certified: ['●', 'certified'], numerical: ['○', 'numerical'], 'below precision': ['◁', 'below precision: a bound'],
  undecided: ['?', 'undecided'], 'not defined': ['–', 'not defined']};
const verdicts = [['invertible', 'invertible', 'N = 0'], ['nearly', 'nearly invertible', ''], ['not', 'not invertible', ''],
  ['circle', 'not Fredholm', 'a zero on the circle'], ['open', 'undecided', 'within the work limits'], ['dense', 'dense causal', 'not Toeplitz: no index']];
const titles = {winding_number: 'N', winding_fraction: 'N/(n−1)', index_margin: 'margin', index_margin_relative: 'relative margin',
  index_radius: 'index radius', jensen_defect: 'Jensen defect', smallest_zero: 'smallest zero', sigma_max: 'σ max', log10_sigma_min: 'log₁₀ σ min',
  log10_condition: 'log₁₀ condition', effective_index_float32: 'index at float32', stable_rank: 'stable rank', effective_rank: 'effective rank',
  avram_parter_distance: 'KS distance to |a|', winding_number_network_rounding: 'N, as the network rounds', row_divided_sigma_max: 'σ max of diag(1/c) T',
  log10_row_divided_sigma_min: 'log₁₀ σ min of diag(1/c) T', toeplitz_distance_relative: 'distance from Toeplitz, relative', nearest_toeplitz_winding_number: 'N of the nearest Toeplitz matrix, not of the layer'};
const title = (id) => titles[id] ?? id.replace(/_/g, ' ');

/// All operators of all files in one list.
const operators = (report?.models ?? []).flatMap((model, m) => model.operators.map((json) => ({json, model, m})));
operators.forEach((op, i) => {
  const several = report.models.length > 1, file = op.model.file.replace(/^.*\//, '').replace(/\.(h5|hdf5|safetensors)$/, '');
  Object.assign(op, {i, n: op.json.n, layer: shown[i].label, label: (several ? file + ' · ' : '') + shown[i].label, texts: shown[i].texts,
    margin: op.json.winding.status === 'certified' ? op.json.winding.margin : 0});
  op.turns = op.json.winding.status === 'certified' ? (op.json.winding.number === 1 ? 'once' : op.json.winding.number + ' times') : 'an unproven number of times';
});
const isToeplitz = (op) => op.json.kind !== 'dense causal', isDrawable = (op) => isToeplitz(op) && op.n <= tmm.drawableWeights, drawable = operators.filter(isDrawable);

/// What the page says of an operator for a threshold of N/(n−1): the rule of the summary in the JSON.
const verdict = (op, threshold) => {
  const w = op.json.winding;
  if (w.status === 'not Fredholm') return 'circle';
  if (w.status === 'not defined') return 'dense';
  if (w.status !== 'certified') return 'open';
  return w.number === 0 ? 'invertible' : w.number < threshold * (op.n - 1) ? 'nearly' : 'not';
};
let threshold = 0.1;
const listeners = [];
const badge = (op) => {
  const element = make('span', {class: 'verdict'});
  const update = () => {
    const name = verdict(op, threshold);
    element.className = 'verdict ' + name;
    element.textContent = verdicts.find(([v]) => v === name)[1];
  };
  listeners.push(update);
  update();
  return element;
};

const mark = (status) => make('span', {class: 'mark ' + status.replace(' ', '-'), title: marks[status][1]},
  make('span', {'aria-hidden': 'true'}, marks[status][0]), make('span', {class: 'hidden'}, marks[status][1]));
/// A number with the sign that belongs to numbers.
const minus = (value) => String(value).replace('-', '−');
const whole = (measure) => measure.value ?? measure.value_text ?? measure.upper_bound ?? measure.lower_bound ?? '';
const explain = (measure) => [whole(measure), measure.status, measure.error ? 'error ' + measure.error : '', measure.method].filter((t) => t !== '').join(' · ');
/// A number as text, cut at its error, with how it is known.
const number = (op, id) => {
  const measure = op.json.measures[id];
  if (!measure) return make('span', {}, '');
  return make('span', {title: explain(measure), 'data-measure': id}, mark(measure.status), ' ', op.texts[id]);
};
const legend = () => make('p', {class: 'legend'}, ...Object.values(marks).map(([sign, words]) => make('span', {}, sign + ' ' + words)));
const scroll = (tall, ...children) => make('div', {class: 'scroll' + (tall ? ' tall' : ''), tabindex: '0'}, ...children);
const simpleTable = (head, rows, words = 1) => scroll(false, make('table', {},
  make('thead', {}, make('tr', {}, ...head.map((h, k) => make('th', {scope: 'col', class: k < words ? 'words' : undefined}, h)))),
  make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, k) => make('td', {class: k < words ? 'words' : undefined}, cell)))))));
