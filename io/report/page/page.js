// SPDX-License-Identifier: MIT
// Sections of the report. Each takes the page's data and fills its own <section>; those without data do not appear.
'use strict';
(() => {
const {make, short, plain, axis, chart, lines} = tmm;
const report = tmm.data('report'), shown = tmm.data('operators'), comparison = tmm.data('comparison'), training = tmm.data('training');

const marks = {certified: ['●', 'certified'], numerical: ['○', 'numerical'], 'below precision': ['◁', 'below precision: a bound'],
  undecided: ['?', 'undecided'], 'not defined': ['–', 'not defined']};
const verdicts = [['invertible', 'invertible', 'N = 0'], ['nearly', 'nearly invertible', ''], ['not', 'not invertible', ''],
  ['circle', 'not Fredholm', 'a zero on the circle'], ['open', 'undecided', 'within the work limits'], ['dense', 'dense causal', 'not Toeplitz: no index']];
const titles = {winding_number: 'N', winding_fraction: 'N/(n−1)', index_margin: 'margin', index_margin_relative: 'relative margin',
  index_radius: 'index radius', jensen_defect: 'Jensen defect', smallest_zero: 'smallest zero', sigma_max: 'σ max', log10_sigma_min: 'log₁₀ σ min',
  log10_condition: 'log₁₀ condition', effective_index_float32: 'index at float32', stable_rank: 'stable rank', effective_rank: 'effective rank',
  avram_parter_distance: 'KS distance to |a|', winding_number_network_rounding: 'N, as the network rounds', row_divided_sigma_max: 'σ max of diag(1/c) T',
  log10_row_divided_sigma_min: 'log₁₀ σ min of diag(1/c) T', toeplitz_distance_relative: 'distance from Toeplitz, relative', nearest_toeplitz_winding_number: 'N of the nearest Toeplitz matrix, not of the layer'};
const title = (id) => titles[id] ?? id.replace(/_/g, ' ');

/// All operators of all files in one list.
const operators = (report?.models ?? []).flatMap((model, m) => model.operators.map((json) => ({json, model, m})));
operators.forEach((op, i) => {
  const several = report.models.length > 1, file = op.model.file.replace(/^.*\//, '').replace(/\.(h5|hdf5|safetensors)$/, '');
  Object.assign(op, {i, n: op.json.n, label: (several ? file + ' · ' : '') + shown[i].label, texts: shown[i].texts,
    margin: op.json.winding.status === 'certified' ? op.json.winding.margin : 0});
  op.turns = op.json.winding.status === 'certified' ? (op.json.winding.number === 1 ? 'once' : op.json.winding.number + ' times') : 'an unproven number of times';
});
const isToeplitz = (op) => op.json.kind !== 'dense causal', toeplitz = operators.filter(isToeplitz);

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

const mark = (status) => make('span', {class: 'mark ' + status.replace(' ', '-'), title: marks[status][1]},
  make('span', {'aria-hidden': 'true'}, marks[status][0]), make('span', {class: 'hidden'}, marks[status][1]));
const whole = (measure) => measure.value ?? measure.value_text ?? measure.upper_bound ?? measure.lower_bound ?? '';
const explain = (measure) => [whole(measure), measure.status, measure.error ? 'error ' + measure.error : '', measure.method].filter((t) => t !== '').join(' · ');
/// A number as text, cut at its error, with how it is known.
const number = (op, id) => {
  const measure = op.json.measures[id];
  if (!measure) return make('span', {}, '');
  return make('span', {title: explain(measure), 'data-measure': id}, mark(measure.status), ' ', op.texts[id]);
};
const legend = () => make('p', {class: 'legend'}, ...Object.values(marks).map(([sign, words]) => make('span', {}, sign + ' ' + words)));
const scroll = (tall, ...children) => make('div', {class: 'scroll' + (tall ? ' tall' : ''), tabindex: '0'}, ...children);
const simpleTable = (head, rows, words = 1) => scroll(false, make('table', {},
  make('thead', {}, make('tr', {}, ...head.map((h, k) => make('th', {scope: 'col', class: k < words ? 'words' : undefined}, h)))),
  make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, k) => make('td', {class: k < words ? 'words' : undefined}, cell)))))));

// ---------------------------------------------------------------------------------------------- sections

const overview = (section) => {
  const tiles = make('div', {class: 'tiles'}), bar = make('div', {class: 'bar', 'aria-hidden': 'true'}), models = make('div');
  const input = make('input', {type: 'number', id: 'threshold', min: '0', max: '1', step: '0.01', value: '0.1'});
  const count = (list) => Object.fromEntries(verdicts.map(([v]) => [v, list.filter((op) => verdict(op, threshold) === v).length]));
  const update = () => {
    const counts = count(operators);
    const about = {nearly: `0 < N/(n−1) < ${threshold}`, not: `N/(n−1) ≥ ${threshold}`};
    const used = verdicts.filter(([v], k) => k < 3 || counts[v]);
    tiles.replaceChildren(...used.map(([v, words, rule]) => make('div', {class: 'tile ' + v, 'data-verdict': v},
      make('b', {}, String(counts[v])), words, make('br'), make('span', {}, about[v] ?? rule))));
    bar.replaceChildren(...used.filter(([v]) => counts[v]).map(([v]) => { const i = make('i', {class: v}); i.style.flex = counts[v]; return i; }));
    models.replaceChildren(simpleTable(['file', 'operators', 'invertible', 'nearly', 'not', 'median N/(n−1)', 'architecture', 'sha256'],
      report.models.map((model, m) => {
        const c = count(operators.filter((op) => op.m === m));
        return [model.file, model.summary.operators, c.invertible, c.nearly, c.not, short(model.summary.median_winding_fraction), model.architecture, model.sha256.slice(0, 12)].map(String);
      })));
  };
  listeners.push(update);
  input.addEventListener('input', () => {
    const value = Number(input.value);
    if (!(value >= 0 && value <= 1) || input.value === '') return;
    threshold = value;
    listeners.forEach((listener) => listener());
  });
  section.append(tiles, bar, make('p', {class: 'controls'}, make('label', {for: 'threshold'}, '“Nearly invertible” means 0 < N/(n−1) below'), input,
    make('span', {class: 'note'}, (report.models.some((m) => /^(first TMM|exponential averages): /.test(m.architecture)) ? '' : 'Untrained weights give about 0.5. ') + 'N is proven for every operator that is counted as invertible, nearly or not.')), models);
  for (const model of report.models) for (const text of model.warnings) section.append(make('p', {class: 'warning'}, model.file + ': ' + text));
  update();
};

const heatMap = (section) => {
  const ids = ['winding_fraction', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'sigma_max', 'log10_sigma_min',
    'effective_index_float32', 'stable_rank', 'effective_rank', 'avram_parter_distance'].filter((id) => operators.some((op) => op.json.measures[id]));
  const value = (op, id) => { const m = op.json.measures[id]; return m && typeof m.value === 'number' ? m.value : null; };
  const rank = ids.map((id) => {
    const sorted = operators.map((op) => value(op, id)).filter((v) => v !== null).sort((a, b) => a - b);
    return (v) => v === null ? null : sorted.length < 2 ? 0.5 : (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2 / (sorted.length - 1);
  });
  const row = operators.length <= 40 ? 24 : 13;
  const figure = chart({title: 'Layers × measures', file: 'heat-map', height: Math.max(220, operators.length * row + 90) + 'px',
    about: 'Colour: rank within the column, the deeper the larger. Cells without colour have no number: a bound, undecided, or not defined. Hover for value and status.',
    rows: () => [['layer', ...ids], ...operators.map((op) => [op.label, ...ids.map((id) => whole(op.json.measures[id] ?? {}))])],
    figure: (theme) => ({traces: [{type: 'heatmap', x: ids.map(title), y: operators.map((_, i) => i), z: operators.map((op) => ids.map((id, k) => rank[k](value(op, id)))),
      zmin: 0, zmax: 1, colorscale: [[0, theme.panel], [1, theme.blue + '8c']], showscale: false, xgap: 2, ygap: operators.length <= 40 ? 2 : 0, hoverongaps: false,
      text: operators.map((op) => ids.map((id) => op.texts[id] ?? '')), texttemplate: operators.length <= 40 ? '%{text}' : undefined, textfont: {size: 11, color: theme.ink},
      customdata: operators.map((op) => ids.map((id) => plain(op.label) + '<br>' + plain(title(id)) + ' ' + plain(op.texts[id] ?? '–') + '<br>' + (op.json.measures[id]?.status ?? ''))),
      hovertemplate: '%{customdata}<extra></extra>'}],
    layout: {annotations: operators.length > 40 ? [] : operators.flatMap((op, i) => ids.filter((id) => value(op, id) === null && op.json.measures[id])
        .map((id) => ({x: title(id), y: i, text: plain(op.texts[id]), showarrow: false, font: {size: 11, color: theme.soft}}))),
      xaxis: axis(theme, {side: 'top', showgrid: false, tickangle: -35}), yaxis: axis(theme, {autorange: 'reversed', showgrid: false, zeroline: false,
      tickvals: operators.map((_, i) => i), ticktext: operators.map((op) => plain(op.label.slice(0, 34)))})}})});
  figure.style.minWidth = '46rem';
  section.append(scroll(false, figure));
};

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

const nullModel = (section) => {
  const ids = ['winding_fraction', 'index_margin', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'symbol_max', 'sigma_max', 'log10_sigma_min', 'log10_condition',
    'effective_index_float32', 'effective_index_bfloat16', 'effective_index_float16', 'stable_rank', 'effective_rank', 'avram_parter_distance', 'log10_circulant_condition']
    .filter((id) => operators.some((op) => typeof op.json.null_model[id]?.z_score === 'number'));
  section.append(make('p', {class: 'note'}, `Each measure against ${report.options.null_draws} freshly initialised layers (seed ${report.options.seed}): bands of one, two and three of their standard deviations. A point is an operator.`));
  section.append(chart({title: 'Distance from untrained', file: 'null-model', height: ids.length * 26 + 90 + 'px', about: 'z = (value − mean)/deviation, on a scale that is linear near 0 and logarithmic beyond. Hover gives z and rank; the CSV has every measure.',
    rows: () => [['layer', 'measure', 'z_score', 'rank', 'mean', 'deviation', 'draws'], ...operators.flatMap((op) => Object.entries(op.json.null_model).map(([id, c]) => [op.label, id, c.z_score, c.rank, c.mean, c.deviation, c.draws]))],
    figure: (theme) => {
      const points = operators.flatMap((op) => ids.filter((id) => typeof op.json.null_model[id]?.z_score === 'number').map((id) => [op, id, op.json.null_model[id]]));
      const ticks = [-1000, -100, -30, -10, -3, 0, 3, 10, 30, 100, 1000];
      return {traces: [{x: points.map(([, , c]) => Math.asinh(c.z_score)), y: points.map(([, id]) => title(id)), mode: 'markers', marker: {size: 8, color: theme.blue, opacity: 0.65},
        text: points.map(([op, id, c]) => `${plain(op.label)}<br>${plain(title(id))} ${plain(op.texts[id] ?? '')}<br>z = ${short(c.z_score)}, rank ${short(c.rank)}`), hovertemplate: '%{text}<extra></extra>'}],
      layout: {shapes: [3, 2, 1].map((s) => ({type: 'rect', yref: 'paper', y0: 0, y1: 1, x0: -Math.asinh(s), x1: Math.asinh(s), fillcolor: theme.green, opacity: 0.1, line: {width: 0}, layer: 'below'})),
        xaxis: axis(theme, {title: 'z', tickvals: ticks.map(Math.asinh), ticktext: ticks.map(String)}), yaxis: axis(theme, {autorange: 'reversed', tickvals: ids.map(title), range: [-0.5, ids.length - 0.5]})}};
    }}));
};

const table = (section) => {
  const common = ['winding_number', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min', 'effective_index_float32', 'stable_rank'];
  const every = [...new Set(operators.flatMap((op) => Object.keys(op.json.measures)))];
  let ids = common.filter((id) => every.includes(id)), sort = null, falling = false;
  const filter = make('input', {type: 'search', id: 'filter', placeholder: 'name, block, file', 'aria-label': 'Filter by name, block or file'});
  const kind = make('select', {id: 'kind', 'aria-label': 'Show'}, make('option', {value: ''}, 'all verdicts'), ...verdicts.map(([v, words]) => make('option', {value: v}, words)));
  const all = make('input', {type: 'checkbox', id: 'all-measures'}), count = make('span', {class: 'note', 'aria-live': 'polite'});
  const head = make('thead'), body = make('tbody');
  const key = (op, id) => {
    if (id === 'layer') return op.i;
    const m = op.json.measures[id];
    return !m ? null : m.value_text ? (m.value_text === 'inf' ? Infinity : -Infinity) : m.value ?? m.upper_bound ?? m.lower_bound ?? null;
  };
  const rows = new Map();
  const row = (op) => {
    if (!rows.has(op)) rows.set(op, make('tr', {'data-operator': String(op.i)}, make('td', {}, make('a', {href: '#operator-' + op.i, title: op.json.name}, op.label)),
      make('td', {class: 'words'}, badge(op)), make('td', {}, String(op.n)), ...ids.map((id) => make('td', {}, number(op, id)))));
    return rows.get(op);
  };
  const update = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let list = operators.filter((op) => (!kind.value || verdict(op, threshold) === kind.value) && words.every((w) => (op.label + ' ' + op.json.name + ' ' + op.model.file).toLowerCase().includes(w)));
    if (sort) list = list.map((op) => [key(op, sort), op]).sort(([a, p], [b, q]) => a === null || b === null ? (a === null) - (b === null) || p.i - q.i : (falling ? -1 : 1) * (a < b ? -1 : a > b ? 1 : 0) || p.i - q.i).map(([, op]) => op);
    body.replaceChildren(...list.map(row));
    count.textContent = `${list.length} of ${operators.length}`;
  };
  const header = () => {
    const column = (id, words) => {
      const b = make('button', {type: 'button'}, words);
      const th = make('th', {scope: 'col', title: id, 'aria-sort': sort === id ? (falling ? 'descending' : 'ascending') : undefined, 'data-column': id}, b);
      b.addEventListener('click', () => { falling = sort === id && !falling; sort = id; header(); head.querySelector(`[data-column="${id}"] button`).focus({preventScroll: true}); update(); });
      return th;
    };
    head.replaceChildren(make('tr', {}, column('layer', 'layer'), make('th', {scope: 'col', class: 'words'}, 'verdict'), make('th', {scope: 'col'}, 'n'), ...ids.map((id) => column(id, title(id)))));
  };
  filter.addEventListener('input', update);
  kind.addEventListener('change', update);
  listeners.push(() => { if (kind.value) update(); });
  all.addEventListener('change', () => { ids = (all.checked ? every : common).filter((id) => every.includes(id)); rows.clear(); header(); update(); });
  section.append(make('p', {class: 'controls'}, filter, kind, make('label', {}, all, ' all measures'), count), legend(), scroll(true, make('table', {id: 'measures'}, make('caption', {class: 'hidden'}, 'Measures of every operator'), head, body)));
  header();
  update();
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
  const sigma = op.json.spectrum ? tmm.sigmaChart(op, op.i, floors) : null;
  const charts = make('div', {class: 'charts'}, ...(isToeplitz(op) ? [tmm.symbolChart(op, op.i), tmm.nearChart(op, op.i), op.json.zeros ? tmm.zerosChart(op, op.i) : null,
    sigma, tmm.tapsChart(op, op.i), tmm.matrixChart(op, op.i)] : [sigma]));
  const measures = make('details', {}, make('summary', {}, `All ${Object.keys(op.json.measures).length} measures`));
  measures.addEventListener('toggle', () => {
    if (measures.querySelector('table')) return;
    measures.append(simpleTable(['measure', 'how it is known', 'value', 'full value or bound', 'error'], Object.entries(op.json.measures).map(([id, m]) =>
      [id, m.status + ': ' + m.method, number(op, id), String(whole(m)), String(m.error ?? '')]), 2));
  });
  const parts = [make('header', {}, make('h3', {}, op.label), badge(op), make('span', {class: 'name'}, op.json.name)),
    make('div', {class: 'facts'}, ...['winding_number', 'fredholm_index', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min', 'effective_index_float32',
      'winding_number_network_rounding', 'row_divided_sigma_max', 'log10_row_divided_sigma_min', 'toeplitz_distance_relative', 'nearest_toeplitz_winding_number']
      .filter((id) => op.json.measures[id]).map((id) => fact(id === 'fredholm_index' ? 'Fredholm index' : title(id), number(op, id)))),
    make('p', {class: 'note'}, proof), ...(op.json.remarks ?? []).map((text) => make('p', {class: 'note'}, text)), ...op.json.warnings.map((text) => make('p', {class: 'warning'}, text)), charts];
  if (op.json.sections.length) {
    const ids = ['winding_number', 'index_margin', 'sigma_max', 'log10_sigma_min', 'effective_index_float32'].filter((id) => op.json.sections[0].measures[id]);
    parts.push(make('details', {}, make('summary', {}, 'Leading sections: the layer on shorter sequences'), simpleTable(['m', ...ids.map(title)],
      op.json.sections.map((s) => [String(s.n), ...ids.map((id) => { const m = s.measures[id]; return make('span', {title: explain(m)}, mark(m.status), ' ', m.status === 'below precision' ? (m.upper_bound !== undefined ? '≤ ' : '≥ ') : '', short(whole(m))); })]))));
  }
  return make('article', {class: 'card', id: 'operator-' + op.i, tabindex: '-1'}, ...parts, measures);
};

const cards = (section) => {
  section.append(legend(), ...operators.map(card));
};

const wholeLayers = (section) => {
  const cell = (m) => make('span', {title: explain(m)}, mark(m.status), ' ', String(m.value ?? m.value_text ?? (m.upper_bound !== undefined ? '≤ ' + m.upper_bound : m.lower_bound !== undefined ? '≥ ' + m.lower_bound : '–')));
  section.append(make('p', {class: 'note'}, 'The token mixing of a block as one operator on sequences of vectors.'), simpleTable(['file', 'part', 'block', 'operators', 'Fredholm index', 'condition of P', 'condition of O'],
    report.models.flatMap((model) => model.layers.map((l) => [model.file, l.part, String(l.block), String(l.operators), cell(l.fredholm_index), ...[l.condition_input_projection, l.condition_output_projection].map((m) => typeof m.value === 'number' ? make('span', {title: explain(m)}, mark(m.status), ' ', short(m.value)) : cell(m))])), 2));
};

const comparisonSection = (section) => {
  const {a, b} = comparison, sides = [[a, 'a', 'blue'], [b, 'b', 'orange']];
  section.append(simpleTable(['group', 'file', 'architecture', 'operators', 'sha256'], sides.flatMap(([g]) => g.models.map((m) => [g.name, m.file, m.architecture, String(m.operators), m.sha256.slice(0, 12)])), 3));
  for (const text of comparison.warnings) section.append(make('p', {class: 'warning'}, text));
  const p = (test) => test ? short(test.p_value, 3) : '–';
  section.append(make('p', {class: 'note'}, `Cliff's δ = P(${a.name} > ${b.name}) − P(${a.name} < ${b.name}) with a ${100 * comparison.options.confidence} % bootstrap interval; p: Mann–Whitney; Holm: p for all measures together.`),
    simpleTable(['measure', 'median ' + a.name, 'median ' + b.name, 'δ', 'interval', 'p, operators', 'Holm', 'p, models', 'unresolved pairs'], comparison.measures.map((m) =>
      [title(m.id), short(m.a.distribution.median), short(m.b.distribution.median), short(m.cliffs_delta.value, 3), `[${short(m.cliffs_delta.lower, 3)}, ${short(m.cliffs_delta.upper, 3)}]`, p(m.mann_whitney_operators), short(m.adjusted_p_value, 3), p(m.mann_whitney_models), String(m.unresolved_pairs)])));
  const grid = make('div', {class: 'charts'});
  for (const m of comparison.measures) grid.append(chart({title: title(m.id), file: 'compare-' + m.id, about: `δ = ${short(m.cliffs_delta.value, 3)} [${short(m.cliffs_delta.lower, 3)}, ${short(m.cliffs_delta.upper, 3)}], Holm p = ${short(m.adjusted_p_value, 3)}` + (m.a.not_numbers + m.b.not_numbers ? `; ${m.a.not_numbers + m.b.not_numbers} operators without a number` : ''),
    rows: () => [['group', 'model', 'layer', 'value', 'error'], ...sides.flatMap(([g, side]) => m[side].values.map((v) => [g.name, g.models[v.model]?.file, v.layer, v.value ?? v.value_text, v.error]))],
    figure: (theme) => ({traces: sides.flatMap(([g, side, color], k) => {
      const d = m[side].distribution, values = m[side].values;
      return [{type: 'box', x: [k], name: plain(g.name), q1: [d.lower_quartile], median: [d.median], q3: [d.upper_quartile], lowerfence: [d.minimum], upperfence: [d.maximum], width: 0.5, line: {color: theme[color], width: 1.4}, fillcolor: 'rgba(0,0,0,0)', hoverinfo: 'y'},
        {x: values.map((_, i) => k + 0.36 * ((i * 0.618034) % 1 - 0.5)), y: values.map((v) => v.value), mode: 'markers', marker: {size: 6, color: theme[color], opacity: 0.6}, text: values.map((v) => `${plain(g.name)}, layer ${plain(v.layer)}<br>${short(v.value, 6)}`), hovertemplate: '%{text}<extra></extra>'}];
    }), layout: {xaxis: axis(theme, {tickvals: [0, 1], ticktext: [plain(a.name), plain(b.name)], range: [-0.6, 1.6], showgrid: false, zeroline: false}), yaxis: axis(theme, {})}})}));
  section.append(grid);
  const first = comparison.measures[0];
  if (first?.layers.length) section.append(make('h3', {}, 'By layer, ' + title(first.id)), simpleTable(['layer', 'median ' + a.name, 'median ' + b.name],
    first.layers.map((l) => [l.layer, short(l.a?.median), short(l.b?.median)])));
  for (const [g] of sides) for (const t of g.trajectories) section.append(trajectory(g.name + ': ' + t.file, t), ...(t.logged ? [loggedLosses(g.name + ': ' + t.file, t)] : []));
};

const trajectory = (name, t) => {
  const layers = [...new Set(t.points.flatMap((p) => p.operators.map((o) => o.layer)))];
  return chart({title: 'N/(n−1) by training step', file: 'trajectory', about: name + '. Gaps: not proven.', rows: () => [['step', ...layers], ...t.points.map((p) => [p.step, ...layers.map((l) => p.operators.find((o) => o.layer === l)?.winding_number)])],
    figure: (theme) => lines(theme, t.points.map((p) => p.step), layers.map((l) => [l, t.points.map((p) => p.operators.find((o) => o.layer === l)?.winding_fraction ?? null)]), 'N/(n−1)')});
};
const loggedLosses = (name, t) => {
  const series = Object.entries(t.logged).filter(([id]) => /loss/.test(id)), steps = [...new Set(series.flatMap(([, list]) => list.map(([s]) => s)))].sort((a, b) => a - b);
  return chart({title: 'Loss by training step', file: 'losses', about: name, rows: () => [['step', ...series.map(([id]) => id)], ...steps.map((s) => [s, ...series.map(([, list]) => list.find(([at]) => at === s)?.[1])])],
    figure: (theme) => { const figure = lines(theme, steps, series, 'nats a token'); figure.traces.forEach((trace, k) => { trace.x = series[k][1].map(([s]) => s); trace.y = series[k][1].map(([, v]) => v); }); return figure; }});
};
const trainingSection = (section) => {
  const {columns, file} = training, step = columns.find(([name]) => name === 'step')[1], of = (test) => columns.filter(([name]) => test(name));
  section.append(make('p', {class: 'note'}, file));
  for (const text of training.remarks ?? []) section.append(make('p', {class: 'warning'}, text));
  const rows = () => [columns.map(([name]) => name), ...step.map((_, i) => columns.map(([, list]) => list[i]))];
  const groups = [['Loss', /loss/, 'nats a token'], ['Winding number', /^(index(?!_margin|_radius)|winding|N_)/, 'N'], ['Learning rate', /learning_rate|^lr$/, ''], ['Gradient norm', /grad/, ''], ['Speed', /tokens/, 'tokens/s'],
    ['Margin of the index, relative', /^index_margin/, 'min|a| / max|a|'], ['Radius of the index', /^index_radius/, ''], ['Jensen defect', /^jensen_defect/, ''], ['Largest singular value', /^sigma_max/, 'σ_max'],
    ['Smallest singular value', /^log10_sigma_min/, 'log10 σ_min'], ['Effective index at float32', /^effective_index/, ''], ['Stable rank', /^stable_rank/, '']];
  const measure = /^(index_margin_relative|index_radius|jensen_defect|sigma_max|log10_sigma_min|effective_index_float32|stable_rank)_/;
  const grid = make('div', {class: 'charts'});
  for (const [name, pattern, unit] of groups) {
    const chosen = of((c) => pattern.test(c)).map(([c, list]) => [c.replace(measure, ''), list.map((v) => typeof v === 'number' ? v : null)]);
    if (chosen.length) grid.append(chart({title: name + ' by step', file: 'training-' + name, about: '', rows, figure: (theme) => {
      const known = chosen.map(([c, list]) => [c, list, list.map((v, i) => v === null ? -1 : i).filter((i) => i >= 0)]);
      const figure = lines(theme, step, chosen, unit);
      figure.traces.forEach((trace, k) => { trace.x = known[k][2].map((i) => step[i]); trace.y = known[k][2].map((i) => known[k][1][i]); });
      return figure;
    }}));
  }
  section.append(grid);
};

const provenance = (section) => {
  const source = report ?? comparison;
  if (!source) return;
  const rows = [['program', `${source.program.name} ${source.program.version}`], ...Object.entries(source.program.libraries), ...Object.entries(source.options).map(([k, v]) => ['option ' + k, JSON.stringify(v)]), ...Object.entries(source.conventions)];
  const box = simpleTable(['', ''], rows, 2);
  box.classList.add('provenance');
  section.append(box);
};

// ---------------------------------------------------------------------------------------------- the page

const glossary = (section) => section.append(document.getElementById('glossary-text').content.cloneNode(true));
const sections = [
  ['Overview', report, overview], ['Comparison', comparison, comparisonSection], ['Training', training, trainingSection],
  ['Heat map', operators.length, heatMap], ['Symbol curves', toeplitz.length, curves],
  ['Against untrained layers', operators.some((op) => Object.keys(op.json.null_model).length), nullModel], ['Table', operators.length, table],
  ['Whole layers', (report?.models ?? []).some((m) => m.layers.length), wholeLayers], ['Operators', operators.length, cards],
  ['Glossary', true, glossary], ['Provenance', report || comparison, provenance]];
const heading = report ? report.models.map((m) => m.file.replace(/^.*\//, '')).join(', ') : comparison ? `${comparison.a.name} against ${comparison.b.name}` : training.file;
document.title = 'tmm: ' + heading;
document.getElementById('title').textContent = heading;
document.getElementById('subtitle').textContent = report ? `${operators.length} Toeplitz operators${report.options.residual ? ', analysed as I + T' : ''}. Every number says how it is known: ● certified, ○ numerical, ◁ a bound, ? undecided.` : '';
for (const [name, present, build] of sections) {
  if (!present) continue;
  const id = name.toLowerCase().replace(/\W+/g, '-'), section = make('section', {id, 'aria-labelledby': id + '-title'}, make('h2', {id: id + '-title'}, name));
  document.getElementById('main').append(section);
  document.getElementById('contents').append(make('a', {href: '#' + id}, name));
  build(section);
}
document.documentElement.setAttribute('data-ready', String(Math.round(performance.now())));
})();
