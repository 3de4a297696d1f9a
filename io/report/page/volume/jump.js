// SPDX-License-Identifier: MIT
/// A box that leads to the operator of a name, or of the first name with all the words in it; it offers a few at a time.
tmm.jumpBox = () => {
  const offered = 12, names = make('datalist', {id: 'names'});
  const input = make('input', {type: 'search', id: 'jump', list: 'names', placeholder: 'Go to operator', 'aria-label': 'Go to an operator by name', autocomplete: 'off'});
  const form = make('form', {class: 'jump', role: 'search'}, input, names);
  const matches = (limit) => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean), found = [];
    for (let i = 0; words.length && i < rowCount && found.length < limit; ++i) {
      const text = (rowLabel(i) + ' ' + rowNames[i]).toLowerCase();
      if (words.every((w) => text.includes(w))) found.push(i);
    }
    return found;
  };
  const exact = () => {
    for (let i = 0; i < rowCount; ++i) if (rowLabel(i) === input.value || rowNames[i] === input.value) return i;
    return -1;
  };
  const jump = (i) => {
    input.toggleAttribute('aria-invalid', i === undefined && input.value.trim() !== '');
    if (i === undefined) return;
    input.value = '';
    showRow(i, true);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const i = exact();
    jump(i >= 0 ? i : matches(1)[0]);
  });
  input.addEventListener('input', (event) => {
    const chosen = event.inputType === 'insertReplacementText' || !(event instanceof InputEvent) ? exact() : -1;
    if (chosen >= 0) jump(chosen);
    else names.replaceChildren(...matches(offered).map((i) => make('option', {value: rowLabel(i)}, rowNames[i])));
  });
  return form;
};
