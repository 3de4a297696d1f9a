// SPDX-License-Identifier: MIT
const curves = (section) => {
  section.append(make('p', {class: 'note'}, 'Every symbol curve on its own scale, the cross is 0, equal axes; beside the name N. A picture leads to its operator.'));
  const grid = make('div', {class: drawable.length <= 24 ? 'grid few' : 'grid'}), ns = 'http://www.w3.org/2000/svg';
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
  for (const op of drawable) {
    const cell = make('a', {class: 'cell', href: '#operator-' + op.i, 'data-operator': String(op.i)},
      make('span', {}, make('b', {title: op.json.name}, op.label), make('span', {}, printed(op.texts.winding_number))));
    grid.append(cell);
    watch.observe(cell);
  }
  addEventListener('beforeprint', () => {
    watch.disconnect();
    for (const cell of grid.querySelectorAll('.cell:not([data-drawn])')) fill(cell, operators[Number(cell.dataset.operator)]);
  });
  section.append(grid);
};
sections.push(['Symbol curves', drawable.length, curves]);
