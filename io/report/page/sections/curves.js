// SPDX-License-Identifier: MIT
/// Where several operators make up a block: a table of the pictures, blocks down, heads (rows, stages) across.
const byHead = (list, cellOf) => {
  const rows = new Map(), columns = [];
  for (const op of list) {
    const name = op.layer.match(/^((?:enc|dec)\.)?\d+/)?.[0] ?? op.layer, head = op.layer.slice(name.length + 1), row = op.m + '/' + name;
    if (!rows.has(row)) rows.set(row, {name: op.label.slice(0, op.label.length - (head ? head.length + 1 : 0)), cells: new Map()});
    if (!columns.includes(head)) columns.push(head);
    rows.get(row).cells.set(head, op);
  }
  if (columns.length < 2 || rows.size === list.length) return null;
  return scroll(false, make('table', {class: 'heads'}, make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'layer'), ...columns.map((head) => make('th', {scope: 'col'}, head || '·')))),
    make('tbody', {}, ...[...rows.values()].map(({name, cells}) => make('tr', {}, make('th', {scope: 'row'}, name),
      ...columns.map((head) => make('td', {}, cells.has(head) ? cellOf(cells.get(head)) : '')))))));
};

const curves = (section) => {
  section.append(make('p', {class: 'note'}, 'Every symbol curve on its own scale, the cross is 0, equal axes; beside the name N. A picture leads to its operator.'));
  const ns = 'http://www.w3.org/2000/svg';
  const svg = (tag, attributes) => { const e = document.createElementNS(ns, tag); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); return e; };
  const fill = (cell, op) => {
    // Half a pixel of a picture of 150; near 0 as many decimals as the turns about it need.
    const symbol = tmm.symbol(op.i), size = symbol.far * symbol.unit, far = 1.06 * Math.max(size, 1e-300);
    const {re, im} = symbol.polygon({tolerance: size / 200, clear: op.margin / 2, slack: 0.01});
    let path = '';
    for (let k = 0; k < re.length; ++k) {
      const x = 100 * re[k] / far, y = 100 * im[k] / far, decimals = Math.min(12, Math.max(1, Math.ceil(2 - Math.log10(Math.hypot(x, y) || 1e-9))));
      path += (k ? 'L' : 'M') + Number(x.toFixed(decimals)) + ' ' + Number(y.toFixed(decimals));
    }
    const picture = svg('svg', {viewBox: '-100 -100 200 200', role: 'img', 'aria-label': 'symbol curve of ' + op.label});
    for (const scale of ['1 -1', '1 1']) picture.append(svg('path', {d: path, fill: 'none', stroke: 'var(--blue)', 'stroke-width': 1.1, transform: `scale(${scale})`}));
    picture.append(svg('path', {d: 'M-7 0H7M0 -7V7', stroke: 'var(--ink)', 'stroke-width': 1.8}));
    cell.prepend(picture);
    cell.setAttribute('data-drawn', '');
  };
  const watch = new IntersectionObserver((entries) => entries.forEach(({target, isIntersecting}) => {
    if (!isIntersecting) return;
    watch.unobserve(target);
    fill(target, operators[Number(target.dataset.operator)]);
  }), {rootMargin: '400px'});
  const cellOf = (op) => {
    const cell = make('a', {class: 'cell', href: '#operator-' + op.i, 'data-operator': String(op.i)},
      make('span', {}, make('b', {title: op.json.name}, op.label), make('span', {}, printed(op.texts.winding_number))));
    watch.observe(cell);
    return cell;
  };
  const grid = byHead(drawable, cellOf) ?? make('div', {class: drawable.length <= 24 ? 'grid few' : 'grid'}, ...drawable.map(cellOf));
  addEventListener('beforeprint', () => {
    watch.disconnect();
    for (const cell of grid.querySelectorAll('.cell:not([data-drawn])')) fill(cell, operators[Number(cell.dataset.operator)]);
  });
  section.append(grid);
};
sections.push(['Symbol curves', drawable.length, curves]);
