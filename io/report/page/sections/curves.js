// SPDX-License-Identifier: MIT
const curves = (section) => {
  section.append(make('p', {class: 'note'}, 'Every symbol curve on its own scale, the cross is 0, equal axes; beside the name N. A picture leads to its operator.'));
  const grid = make('div', {class: toeplitz.length <= 24 ? 'grid few' : 'grid'}), ns = 'http://www.w3.org/2000/svg';
  const svg = (tag, attributes) => { const e = document.createElementNS(ns, tag); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); return e; };
  const fill = (cell, op) => {
    const {re, im} = tmm.arrays(op.i).curve, far = 1.06 * Math.max(...re.map(Math.abs), ...im.map(Math.abs), 1e-300), at = (v) => (100 * v / far).toFixed(1);
    let path = '', px = NaN, py = NaN;
    for (let k = 0; k < re.length; ++k) {  // at this size steps below 0.4 of 200 are not seen
      const x = 100 * re[k] / far, y = 100 * im[k] / far;
      if (Math.hypot(x - px, y - py) < 0.4 && k + 1 < re.length) continue;
      path += (k ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
      px = x, py = y;
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
  for (const op of toeplitz) {
    const cell = make('a', {class: 'cell', href: '#operator-' + op.i, 'data-operator': String(op.i)},
      make('span', {}, make('b', {title: op.json.name}, op.label), make('span', {}, op.texts.winding_number)));
    grid.append(cell);
    watch.observe(cell);
  }
  addEventListener('beforeprint', () => {
    watch.disconnect();
    for (const cell of grid.querySelectorAll('.cell:not([data-drawn])')) fill(cell, operators[Number(cell.dataset.operator)]);
  });
  section.append(grid);
};
