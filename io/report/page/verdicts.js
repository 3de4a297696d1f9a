// SPDX-License-Identifier: MIT
const verdicts = [['invertible', 'invertible', 'N = 0'], ['nearly', 'nearly invertible', ''], ['not', 'not invertible', ''],
  ['circle', 'not Fredholm', 'a zero on the circle'], ['open', 'undecided', 'within the work limits'], ['dense', 'dense causal', 'not Toeplitz: no index']];
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
