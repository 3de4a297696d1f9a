// SPDX-License-Identifier: MIT
/// With more operators than this, a card begins closed and its charts are made when it is opened.
const mostOpen = 48;

/// How the layer does on shorter sequences.
const leadingSections = (op) => {
  const ids = ['winding_number', 'index_margin', 'sigma_max', 'log10_sigma_min', 'effective_index_float32'].filter((id) => op.json.sections[0].measures[id]);
  return make('details', {class: 'sections'}, make('summary', {}, 'Leading sections: the layer on shorter sequences'), simpleTable(['m', ...ids.map(title)],
    op.json.sections.map((s, k) => [String(s.n), ...ids.map((id) => make('span', {title: explain(s.measures[id])}, mark(s.measures[id].status), ' ', printed(shown[op.i].sections[k][id])))])));
};

const card = (op) => {
  const w = op.json.winding, c = w.certificate;
  const precision = [['float32', -24], ['float16', -11], ['bfloat16', -8]].map(([name, e]) => [name, e * Math.log10(2)]);
  const floors = [...precision];
  if (op.json.spectrum && op.json.spectrum.floor.mantissa > 0 && op.json.spectrum.sigma_max.mantissa > 0) {
    const f = op.json.spectrum.floor, s = op.json.spectrum.sigma_max;
    floors.unshift(['LAPACK floor', Math.log10(f.mantissa / s.mantissa) + f.exponent10 - s.exponent10]);
  }
  const fact = (words, ...value) => make('div', {}, make('span', {}, words), ...value);
  const proof = w.status === 'certified' ? `Proven on ${c.arcs} arcs of the half circle: ${c.disc_tests} disc tests, ${c.line_tests} line tests, ${c.extended_arcs} in ball arithmetic (up to ${c.bits} bits), ${c.depth} bisections deep.`
    : w.status === 'not defined' ? w.reason : `${w.status}: ${w.reason} (${w.lowest} ≤ zeros inside ≤ ${w.highest})`;
  const rest = () => {
    const sigma = op.json.spectrum ? tmm.sigmaChart(op, op.i, floors) : null;
    const charts = make('div', {class: 'charts'}, ...(isToeplitz(op) ? [...(isDrawable(op) ? [tmm.symbolChart(op, op.i), tmm.nearChart(op, op.i), tmm.angleChart(op, op.i)] : [make('p', {class: 'note'}, `A curve of ${op.n} weights is not drawn.`)]), ...(op.json.zeros ? [tmm.zerosChart(op, op.i), tmm.polarChart(op, op.i)] : []),
      ...(op.json.pseudospectra && isDrawable(op) ? [tmm.planeChart(op, op.i)] : []), sigma, tmm.tapsChart(op, op.i), tmm.matrixChart(op, op.i)] : [sigma]));
    tmm.belong(charts.children, op);
    const measures = make('details', {}, make('summary', {}, `All ${Object.keys(op.json.measures).length} measures`));
    measures.addEventListener('toggle', () => {
      if (measures.querySelector('table')) return;
      measures.append(simpleTable(['measure', 'how it is known', 'value', 'full value or bound', 'error'], Object.entries(op.json.measures).map(([id, m]) =>
        [id, m.status + ': ' + m.method, number(op, id), String(whole(m)), String(m.error ?? '')]), 2));
    });
    return [charts, op.json.sections.length ? leadingSections(op) : null, measures].filter(Boolean);
  };
  const step = (by, words, sign) => operators[op.i + by] ? make('a', {href: '#operator-' + (op.i + by), title: operators[op.i + by].label, rel: words}, sign) : null;
  const around = make('span', {class: 'around'}, step(-1, 'prev', '‹ previous'), step(1, 'next', 'next ›'));
  const parts = [make('header', {}, make('h3', {}, op.label), badge(op), make('a', {class: 'name', href: '#' + encodeURIComponent(op.anchor), title: 'Link to this operator'}, op.json.name), around),
    make('div', {class: 'facts'}, ...['winding_number', 'fredholm_index', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min', 'effective_index_float32',
      'distance_to_index_zero', 'log10_kreiss_powers', 'log10_kreiss_residual_powers', 'winding_number_network_rounding', 'row_divided_sigma_max', 'log10_row_divided_sigma_min', 'toeplitz_distance_relative', 'nearest_toeplitz_winding_number']
      .filter((id) => op.json.measures[id]).map((id) => fact(id === 'fredholm_index' ? 'Fredholm index' : title(id), number(op, id)))),
    make('p', {class: 'note'}, proof), ...(op.json.remarks ?? []).map((text) => make('p', {class: 'note'}, text)), ...op.json.warnings.map((text) => make('p', {class: 'warning'}, text))];
  if (operators.length <= mostOpen) parts.push(...rest());
  else {
    const more = make('details', {class: 'rest'}, make('summary', {}, 'Charts and all measures'));
    more.addEventListener('toggle', () => { if (more.children.length === 1) more.append(...rest()); });
    parts.push(more);
  }
  return make('article', {class: 'card' + (operators.length > mostOpen ? ' closed' : ''), id: 'operator-' + op.i, tabindex: '-1'}, ...parts);
};

const cards = (section) => {
  section.append(legend(), ...operators.map(card));
};
sections.push(['Operators', operators.length, cards]);
