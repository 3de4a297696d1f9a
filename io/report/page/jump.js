// SPDX-License-Identifier: MIT
/// A box that leads to the operator of a name, or of the first name with all the words in it.
tmm.jumpBox = (list) => {
  const input = tmm.make('input', {type: 'search', id: 'jump', list: 'names', placeholder: 'Go to operator', 'aria-label': 'Go to an operator by name', autocomplete: 'off'});
  const form = tmm.make('form', {class: 'jump', role: 'search'}, input, tmm.make('datalist', {id: 'names'}, ...list.map((op) => tmm.make('option', {value: op.label}, op.json.name))));
  const jump = (whole) => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = list.find((op) => op.label === input.value || op.json.name === input.value)
      ?? (whole ? undefined : list.find((op) => words.length && words.every((w) => (op.label + ' ' + op.json.name).toLowerCase().includes(w))));
    if (!whole) input.toggleAttribute('aria-invalid', !found && words.length > 0);
    if (!found) return;
    input.value = '';
    tmm.go('operator-' + found.i, true);
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); jump(false); });
  input.addEventListener('input', (event) => { if (event.inputType === 'insertReplacementText' || !(event instanceof InputEvent)) jump(true); });
  return form;
};
