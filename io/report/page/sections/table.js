// SPDX-License-Identifier: MIT
const table = (section) => {
  const common = ['winding_number', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min', 'effective_index_float32', 'stable_rank'];
  const every = [...new Set(operators.flatMap((op) => Object.keys(op.json.measures)))];
  const was = tmm.address().options;
  let sort = was.get('sort'), falling = was.get('order') === 'falling';
  if (![null, 'layer', 'verdict', 'n', ...every].includes(sort)) sort = null;
  const filter = make('input', {type: 'search', id: 'filter', placeholder: 'name, block, file', 'aria-label': 'Filter by name, block or file'});
  const kind = make('select', {id: 'kind', 'aria-label': 'Show'}, make('option', {value: ''}, 'all verdicts'), ...verdicts.map(([v, words]) => make('option', {value: v}, words)));
  const all = make('input', {type: 'checkbox', id: 'all-measures'}), count = make('span', {class: 'note', 'aria-live': 'polite'});
  filter.value = was.get('filter') ?? '';
  kind.value = verdicts.some(([v]) => v === was.get('verdict')) ? was.get('verdict') : '';
  all.checked = was.get('measures') === 'all' || (sort !== null && !['layer', 'verdict', 'n', ...common].includes(sort));
  let ids = (all.checked ? every : common).filter((id) => every.includes(id));
  const what = make('p', {class: 'note definition', role: 'status'});
  const head = make('thead'), body = make('tbody');
  const key = (op, id) => {
    if (id === 'layer') return op.i;
    if (id === 'n') return op.n;
    if (id === 'verdict') return verdicts.findIndex(([v]) => v === verdict(op, threshold));
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
  /// What is chosen, into the address; letters of the filter together, since a browser allows no storm of changes.
  let waiting;
  const note = () => {
    clearTimeout(waiting);
    tmm.note({filter: filter.value, verdict: kind.value, sort, order: sort && falling ? 'falling' : '', measures: all.checked ? 'all' : ''});
  };
  const header = () => {
    const column = (id, words, side) => {
      const b = make('button', {type: 'button'}, words);
      const th = make('th', {scope: 'col', class: side, title: definitions[id] ?? id, 'aria-sort': sort === id ? (falling ? 'descending' : 'ascending') : undefined, 'data-column': id}, b, whatIs(id, what));
      b.addEventListener('click', () => { falling = sort === id && !falling; sort = id; header(); head.querySelector(`[data-column="${id}"] button`).focus({preventScroll: true}); update(); note(); });
      return th;
    };
    head.replaceChildren(make('tr', {}, column('layer', 'layer'), column('verdict', 'verdict', 'words'), column('n', 'n'), ...ids.map((id) => column(id, title(id)))));
  };
  filter.addEventListener('input', () => { update(); clearTimeout(waiting); waiting = setTimeout(note, 250); });
  addEventListener('pagehide', () => { if (waiting) note(); });
  kind.addEventListener('change', () => { update(); note(); });
  listeners.push(() => { if (kind.value || sort === 'verdict') update(); });
  all.addEventListener('change', () => { ids = (all.checked ? every : common).filter((id) => every.includes(id)); rows.clear(); header(); update(); note(); });
  section.append(make('p', {class: 'controls'}, filter, kind, make('label', {}, all, ' all measures'), count), legend(), what, scroll(true, make('table', {id: 'measures'}, make('caption', {class: 'hidden'}, 'Measures of every operator'), head, body)));
  header();
  update();
};
sections.push(['Table', operators.length, table]);
