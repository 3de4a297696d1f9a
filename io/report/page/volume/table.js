// SPDX-License-Identifier: MIT
/// A word of the filter such as sigma_max>2 or jensen_defect<=1e-3: [column, relation, number]. false while it is being written,
/// null of any other.
const comparisonIn = (word) => {
  const [, id, sign, number] = word.match(/^([a-z0-9_]+)(<=|>=|<|>|=)([-−+\d.e]*|-?inf)$/) ?? [];
  if (id === undefined || (id !== 'n' && !volume.columns.includes(id))) return null;
  const value = number === '' ? NaN : Number(number.replace('−', '-').replace('inf', 'Infinity'));
  return isNaN(value) ? false : [id, sign, value];
};
/// Whether a row is known to fulfil it: a bound does where it leaves no doubt.
const fulfils = (i, [id, sign, wanted]) => {
  const c = id === 'n' ? null : column(id), v = c ? c.value[i] : rowN[i], side = c?.way(i)?.side ?? '';
  if (side && !(side === 'upper' ? sign[0] === '<' : sign[0] === '>')) return false;
  return sign === '<' ? v < wanted : sign === '>' ? v > wanted : sign === '<=' ? v <= wanted : sign === '>=' ? v >= wanted : v === wanted;
};

const tableOfRows = (section) => {
  const common = ['winding_number', 'winding_fraction', 'index_margin', 'index_radius', 'jensen_defect', 'sigma_max', 'log10_sigma_min', 'effective_index_float32', 'stable_rank'].filter((id) => volume.columns.includes(id));
  const was = tmm.address().options, fixed = ['layer', 'verdict', 'n'];
  let sort = was.get('sort'), falling = was.get('order') === 'falling';
  if (![null, ...fixed, ...volume.columns].includes(sort)) sort = null;
  const filter = make('input', {type: 'search', id: 'filter', placeholder: 'name, file, sigma_max>2', 'aria-label': 'Filter by words of the name or file, and by measures: sigma_max>2'});
  const kind = make('select', {id: 'kind', 'aria-label': 'Show'}, make('option', {value: ''}, 'all verdicts'), ...verdicts.map(([v, words]) => make('option', {value: v}, words)), make('option', {value: 'card'}, 'with a card'));
  const all = make('input', {type: 'checkbox', id: 'all-measures'}), count = make('span', {class: 'note', 'aria-live': 'polite'}), csv = make('button', {type: 'button', 'aria-label': 'CSV of the lines of the table'}, 'CSV');
  filter.value = was.get('filter') ?? '';
  kind.value = was.get('verdict') ?? '';
  if (kind.selectedIndex < 0) kind.value = '';
  all.checked = was.get('measures') === 'all' || (sort !== null && !fixed.includes(sort) && !common.includes(sort));
  let ids = all.checked ? volume.columns : common, rows = [], pressed = -1;
  const what = make('p', {class: 'note definition', role: 'status'}), told = make('p', {class: 'told', role: 'status'}, 'A name leads to the card, or shows the command that makes it. The filter takes words, and measures by the names that the CSV has: jensen_defect<=1 n>64.');
  const widths = make('colgroup'), head = make('thead'), body = make('tbody'), above = make('tr', {class: 'space', 'aria-hidden': 'true'}), below = above.cloneNode();
  const grid = make('table', {id: 'measures'}, make('caption', {class: 'hidden'}, 'Measures of every operator'), widths, head, body), frame = scroll(true, grid);
  frame.classList.add('virtual');
  body.append(above, below);

  // Lines: only those in sight and a few around them are in the document, and of these only the cells in sight have something in them.
  const around = 5, live = new Map();
  let height = 32, edges = [], from = 0, to = 0;
  const measure = () => { edges = Array.from(head.rows[0].cells, (th) => th.offsetLeft + th.offsetWidth); };
  const line = (k) => {
    const i = rows[k], v = verdictOfRow(i, threshold), words = verdicts.find(([name]) => name === v)[1], card = cardOfRow.get(i);
    const name = card ? make('a', {href: '#operator-' + card.i, title: rowNames[i]}, rowLabel(i)) : make('button', {type: 'button', class: 'name', title: rowNames[i]}, rowLabel(i));
    if (!card) name.addEventListener('click', () => tell(i));
    return make('tr', {'data-row': String(i), 'aria-rowindex': String(k + 2), class: i === pressed ? 'pressed' : undefined}, make('td', {}, name),
      make('td', {class: 'words'}, make('span', {class: 'verdict ' + v}, words)), make('td', {}, String(rowN[i])), ...ids.map(() => make('td', {})));
  };
  const fill = (tr) => {
    for (let k = from; k < to; ++k) if (!tr.cells[k + 3].firstChild) tr.cells[k + 3].append(numberOfRow(column(ids[k]), Number(tr.dataset.row)));
  };
  const render = () => {
    const first = Math.max(0, Math.floor(frame.scrollTop / height) - around), last = Math.min(rows.length, Math.ceil((frame.scrollTop + frame.clientHeight) / height) + around);
    for (const [k, tr] of live) if (k < first || k >= last) { tr.remove(); live.delete(k); }
    from = ids.findIndex((_, k) => edges[k + 3] > frame.scrollLeft);
    to = ids.findIndex((_, k) => edges[k + 2] > frame.scrollLeft + frame.clientWidth);
    [from, to] = [from < 0 ? ids.length : from, to < 0 ? ids.length : to];
    for (let k = last - 1, next = below; k >= first; --k) {  // what is there stays in place, with the focus it may have
      if (!live.has(k)) { live.set(k, line(k)); body.insertBefore(live.get(k), next); }
      next = live.get(k);
      fill(next);
    }
    above.style.height = first * height + 'px';
    below.style.height = (rows.length - last) * height + 'px';
  };
  const renew = () => { for (const tr of live.values()) tr.remove(); live.clear(); render(); };
  frame.addEventListener('scroll', render);
  new ResizeObserver(() => {
    const tall = live.values().next().value?.getBoundingClientRect().height;
    if (tall) height = tall;
    measure();
    render();
  }).observe(frame);

  let texts = null;
  const update = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean), relations = words.map(comparisonIn), plainWords = words.filter((_, k) => relations[k] === null), wanted = relations.filter(Boolean);
    if (plainWords.length) texts ??= Array.from({length: rowCount}, (_, i) => (rowLabel(i) + ' ' + rowNames[i] + ' ' + report.models[rowModel[i]].file).toLowerCase());
    rows = [];
    for (let i = 0; i < rowCount; ++i)
      if ((!kind.value || (kind.value === 'card' ? cardOfRow.has(i) : verdictOfRow(i, threshold) === kind.value)) && wanted.every((w) => fulfils(i, w)) && plainWords.every((w) => texts[i].includes(w))) rows.push(i);
    if (sort && sort !== 'layer') {
      const order = verdicts.map(([v]) => v), keys = sort === 'n' ? rowN : sort === 'verdict' ? Int32Array.from({length: rowCount}, (_, i) => order.indexOf(verdictOfRow(i, threshold))) : column(sort).value, sign = falling ? -1 : 1;
      rows.sort((a, b) => (isNaN(keys[a]) - isNaN(keys[b])) || (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
    } else if (falling) rows.reverse();
    grid.setAttribute('aria-rowcount', String(rows.length + 1));
    count.textContent = `${many(rows.length)} of ${many(rowCount)}`;
    frame.scrollTop = 0;
    renew();
  };
  /// What is chosen, into the address; letters of the filter together, since a browser allows no storm of changes.
  let waiting;
  const note = () => {
    clearTimeout(waiting);
    tmm.note({filter: filter.value, verdict: kind.value, sort, order: sort && falling ? 'falling' : '', measures: all.checked ? 'all' : ''});
  };
  const header = () => {
    const made = (id, words, side) => {
      const b = make('button', {type: 'button'}, words);
      b.addEventListener('click', () => { falling = sort === id && !falling; sort = id; header(); head.querySelector(`[data-column="${id}"] button`).focus({preventScroll: true}); update(); note(); });
      return make('th', {scope: 'col', class: side, title: [definitions[id], id].filter(Boolean).join(' '), 'aria-sort': sort === id ? (falling ? 'descending' : 'ascending') : undefined, 'data-column': id}, b, whatIs(id, what));
    };
    head.replaceChildren(make('tr', {'aria-rowindex': '1'}, made('layer', 'layer'), made('verdict', 'verdict', 'words'), made('n', 'n'), ...ids.map((id) => made(id, title(id)))));
    // All lines decide on the widths, not only those in sight.
    const longest = Math.min(26, Math.max(8, rowCount ? Array.from({length: rowCount}, (_, i) => rowLabel(i).length).reduce((a, b) => Math.max(a, b)) : 0));
    const wide = [longest + 4, 18, 9, ...ids.map((id) => Math.max(title(id).length + 8, volume.longest[volume.columns.indexOf(id)] + 5))];
    widths.replaceChildren(...wide.map((w) => { const c = make('col'); c.style.width = w + 'ch'; return c; }));
    grid.style.width = wide.reduce((a, b) => a + b) + 'ch';
    for (const tr of [above, below]) tr.replaceChildren(make('td', {colspan: String(wide.length)}));
    measure();
  };

  /// The command for an operator without a card, above the table.
  const tell = (i) => {
    for (const tr of live.values()) tr.classList.toggle('pressed', Number(tr.dataset.row) === i);
    pressed = i;
    told.replaceChildren(make('b', {}, rowLabel(i)), ` has no card on this page. This command makes one, and ${commandSays}: `, commandLine(cardCommand(i)));
  };
  showLine = (i, push) => {
    if (!rows.includes(i)) { filter.value = ''; kind.value = ''; update(); note(); }
    goToElement('table', push);
    address(rowNames[i], tmm.address().options, false);
    frame.scrollTop = Math.max(0, (rows.indexOf(i) - 3) * height);
    render();
    tell(i);
  };

  filter.addEventListener('input', () => { update(); clearTimeout(waiting); waiting = setTimeout(note, 250); });
  addEventListener('pagehide', () => { if (waiting) note(); });
  kind.addEventListener('change', () => { update(); note(); });
  listeners.push(() => { if (kind.value || sort === 'verdict') update(); else renew(); });
  all.addEventListener('change', () => { ids = all.checked ? volume.columns : common; header(); update(); note(); });
  const values = (list) => [['layer', 'name', 'file', 'verdict', 'n', ...ids.flatMap((id) => [id, id + '_error', id + '_status', id + '_lower_bound', id + '_upper_bound'])],
    ...list.map((i) => [rowShort[i], rowNames[i], report.models[rowModel[i]].file, verdictOfRow(i, threshold), rowN[i], ...ids.flatMap((id) => {
      const c = column(id), way = c.way(i), v = isNaN(c.value[i]) ? '' : String(c.value[i]).replace('Infinity', 'inf'), side = way?.side ?? '';
      return [side ? '' : v, !side && v !== '' ? c.error(i) : '', way?.status ?? '', side === 'lower' ? v : '', side === 'upper' ? v : ''];
    })])];
  csv.addEventListener('click', () => tmm.saveRows({file: 'table', rows: () => values(rows)}));

  // On paper a table has all of its lines, if anyone can want them there.
  const mostLines = 200;
  addEventListener('beforeprint', () => {
    const paper = rows.length > mostLines ? make('p', {class: 'printed note'}, `A table of ${many(rows.length)} lines is not printed: filter it to at most ${mostLines}, or take its CSV.`)
      : make('div', {class: 'printed'}, simpleTable(['layer', 'verdict', 'n', ...ids.map(title)], rows.map((i) => [rowLabel(i), verdicts.find(([v]) => v === verdictOfRow(i, threshold))[1], String(rowN[i]), ...ids.map((id) => numberOfRow(column(id), i))]), 2));
    frame.after(paper);
  });
  section.append(make('p', {class: 'controls'}, filter, kind, make('label', {}, all, ' all measures'), csv, count), legend(), what, told, frame);
  header();
  update();
};
sections.push(['Table', rowCount, tableOfRows]);
