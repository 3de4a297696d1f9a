// SPDX-License-Identifier: MIT
// What pages about whole networks have in common: where their numbers come from, tables, charts with their numbers below.
const network = tmm.data('jacobian') ?? tmm.data('repair'), texts = tmm.data('shown');
tmm.origin = () => ({program: `${texts.program.name} ${texts.program.version}`, file: network.file, sha256: network.sha256});

/// A table; its first column and those in `words` are text.
const rowsTable = (head, rows, {words = [], tall = false} = {}) => {
  const kind = (k) => k === 0 || words.includes(k) ? 'words' : undefined;
  return scroll(tall, make('table', {}, make('thead', {}, make('tr', {}, ...head.map((h, k) => make('th', {scope: 'col', class: kind(k)}, h)))),
    make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, k) => make('td', {class: kind(k)}, cell)))))));
};
const factsTable = (rows) => {
  const box = simpleTable(['what', 'value'], rows, 2);
  box.classList.add('provenance');
  return box;
};
const warningsOf = () => (network.warnings ?? []).map((text) => make('p', {class: 'warning'}, text));
const tile = (text, words) => make('div', {class: 'tile'}, make('b', {}, text), make('span', {}, ...words));

/// A chart and, once that is opened, its numbers as a table below it. More rows than `mostRows` are for the CSV alone.
const mostRows = 2000;
const tabled = (spec) => {
  const numbers = make('details', {class: 'figures'}, make('summary', {}, 'Numbers: ' + spec.title));
  numbers.addEventListener('toggle', () => {
    if (!numbers.open || numbers.children.length > 1) return;
    const [head, ...rows] = spec.rows();
    if (rows.length > mostRows) numbers.append(make('p', {class: 'note'}, `The first ${mostRows} of ${rows.length} rows; the CSV has all.`));
    numbers.append(rowsTable(head.map((h) => h.replace(/_/g, ' ')), rows.slice(0, mostRows).map((row) => row.map((v) => typeof v === 'number' ? short(v, 6) : v ?? '–')), {tall: true}));
  });
  return make('div', {style: 'min-width: 0'}, chart(spec), numbers);
};

// Series are told apart by marks as well as colours. Triangles are bounds on every page.
const symbols = ['circle', 'square', 'diamond', 'cross', 'star', 'hexagon', 'pentagon', 'hourglass'];
const seriesColor = (theme, k) => [theme.blue, theme.green, theme.purple, theme.ink, theme.grey][k % 5];
const boundMark = (theme, side = 'upper') => ({size: 8, color: theme.orange, symbol: side === 'upper' ? 'triangle-down-open' : 'triangle-up-open', line: {width: 1.5}});
/// Over a few decades 1, 2 and 5 are written: all nine digits would run into each other.
const logAxis = (theme, words, values) => {
  const decades = Math.log10(Math.max(...values) / Math.min(...values));
  return axis(theme, {title: words, type: 'log', exponentformat: 'power', zeroline: false, ...(decades > 1 && decades < 4 ? {dtick: 'D2'} : {})});
};
/// A dotted line at y, unless the points of the chart end far above it: then it would press them together.
const floorLine = (theme, name, y, [x0, x1], least) => y > 0 && y * 30 >= least
  ? [{x: [x0, x1], y: [y, y], mode: 'lines', name, line: {color: theme.soft, width: 1.2, dash: 'dot'}, hovertemplate: `${name}: %{y:.3g}<extra></extra>`}] : [];
