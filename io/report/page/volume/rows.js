// SPDX-License-Identifier: MIT
// The way from an operator without a card to one: a command, and a place in the table.
const shellWord = (text) => /^[\w./\-+:=@%]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
/// What --layers takes for this name: itself; a glob where commas or digits alone would mean something else.
const layerPattern = (name) => {
  if (!name.includes(',') && !/^\d+(-\d+)?$/.test(name)) return name;
  const glob = name.replace(/[\\[*?]/g, (c) => c === '\\' ? '\\\\' : `[${c}]`).replace(/,/g, '?');
  return /^\d/.test(glob) ? `[${glob[0]}]${glob.slice(1)}` : glob;
};
/// Makes a page of one operator.
const cardCommand = (i) => `${volume.result ?? volume.models[rowModel[i]].command} --layers ${shellWord(layerPattern(rowNames[i]))} -o card.html`;
const commandSays = volume.result ? 'reads what is saved already' : 'analyses it again';

/// A command that can be taken along.
const commandLine = (text) => {
  const code = make('code', {}, text), button = make('button', {type: 'button', class: 'copy', 'aria-label': 'Copy the command'}, 'Copy');
  button.addEventListener('click', async () => {
    try { await navigator.clipboard.writeText(text); button.textContent = 'Copied'; } catch {  // not allowed of a file: then it is marked
      getSelection().selectAllChildren(code);
      button.textContent = 'Marked';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return make('span', {class: 'command'}, code, button);
};

/// Leads to the card of a row, or to its line in the table with the command; the table says how.
let showLine = () => {};
const showRow = (i, push = false) => {
  const card = cardOfRow.get(i);
  if (card) tmm.go('operator-' + card.i, push);
  else showLine(i, push);
};
const rowOfName = new Map();
for (let i = rowCount - 1; i >= 0; --i)
  for (const name of [rowNames[i], modelFile(rowModel[i]) + ':' + rowNames[i]]) rowOfName.set(name, i);
const goToElement = tmm.go;
tmm.go = (name, push = false) => {
  if (document.getElementById(places.get(name) ?? name) || !rowOfName.has(name)) goToElement(name, push);
  else showRow(rowOfName.get(name), push);
};
