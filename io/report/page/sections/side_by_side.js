// SPDX-License-Identifier: MIT
/// Singular values of two operators on one axis, against their place in the spectrum.
const bothSpectra = (pair) => chart({title: 'Singular values of both', file: pair.map((op) => op.label).join('-and-') + '-singular-values',
  about: 'σ of Tₙ, descending, against i/n. Triangles are upper bounds. Values that are exactly 0 are left out.',
  rows: () => [['operator', 'i', 'n', 'value', 'status'], ...pair.flatMap((op) => tmm.arrays(op.i).sigma.map((s, k) => [op.label, k + 1, op.n, s.exact, s.status]))],
  figure: (theme) => ({traces: pair.map((op, side) => {
    const known = tmm.arrays(op.i).sigma.map((s, k) => [s, k]).filter(([s]) => isFinite(s.log10)), bound = ([s]) => s.status === 'below precision';
    return {x: known.map(([, k]) => (k + 1) / op.n), y: known.map(([s]) => s.log10), mode: 'markers', name: plain(op.label),
      marker: {size: known.map((v) => bound(v) ? 7 : 5), color: side ? theme.orange : theme.blue, symbol: known.map((v) => bound(v) ? 'triangle-down-open' : side ? 'diamond' : 'circle')},
      text: known.map(([s, k]) => `${plain(op.label)}: σ<sub>${k + 1}</sub> ${s.text}<br>${s.status}`), hovertemplate: '%{text}<extra></extra>'};
  }), layout: {showlegend: true, xaxis: axis(theme, {title: 'i/n', range: [0, 1.01]}), yaxis: axis(theme, {title: 'log₁₀ σ', zeroline: false})}})});

/// Two operators that are chosen by name, on common scales.
const sideBySide = (section) => {
  const choice = (id, words, first) => make('label', {for: id}, words + ' ', make('select', {id}, ...drawable.map((op, k) =>
    make('option', {value: String(op.i), selected: k === first ? '' : undefined}, op.label))));
  const controls = make('p', {class: 'controls'}, choice('left', 'Left', 0), choice('right', 'Right', 1)), frame = make('div', {class: 'charts pair'});
  const numbers = (pair) => simpleTable(['', ...pair.map((op) => op.label)], ['winding_number', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min']
    .filter((id) => pair.some((op) => op.json.measures[id])).map((id) => [title(id), ...pair.map((op) => number(op, id))]));
  const update = () => {
    for (const figure of frame.querySelectorAll('figure')) tmm.drop(figure);
    const pair = [...controls.querySelectorAll('select')].map((list) => operators[Number(list.value)]);
    const far = 1.06 * Math.max(...pair.map(({i}) => tmm.symbol(i).far * tmm.symbol(i).unit)), charts = pair.map((op) => [tmm.symbolChart(op, op.i, far || 1)]);
    if (pair.every((op) => op.json.zeros)) {
      const reach = Math.max(...pair.map(({i}) => zerosReach(i)));
      pair.forEach((op, k) => charts[k].push(tmm.zerosChart(op, op.i, reach)));
    }
    pair.forEach((op, k) => { tmm.belong(charts[k], op); for (const figure of charts[k]) figure.querySelector('b').prepend(op.label + ': '); });
    frame.replaceChildren(...charts[0].flatMap((figure, k) => [figure, charts[1][k]]), numbers(pair), ...(pair.every((op) => op.json.spectrum) ? [bothSpectra(pair)] : []));
  };
  controls.addEventListener('change', update);
  const details = make('details', {}, make('summary', {}, 'Choose two operators and see them on common scales'), controls, frame);
  details.addEventListener('toggle', () => { if (details.open && !frame.children.length) update(); });
  section.append(details);
};
sections.push(['Side by side', drawable.length > 1, sideBySide]);
