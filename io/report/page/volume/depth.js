// SPDX-License-Identifier: MIT
/// One measure by block, chosen from a list: of each block the least number, the quarter points and the greatest.
const depthOfRows = (section) => {
  const ids = Object.keys(definitions).filter((id) => volume.columns.includes(id));
  const list = make('select', {id: 'depth-measure'}, ...ids.map((id) => make('option', {value: id}, title(id)))), what = make('p', {class: 'note', role: 'status'}), frame = make('div');
  list.value = ids.includes('winding_fraction') ? 'winding_fraction' : ids[0];
  const apart = report.models.length <= 4, groups = new Map();  // file, where they are few, and block → rows
  for (let i = 0; i < rowCount; ++i) {
    const m = apart ? rowModel[i] : 0, key = m + '/' + rowBlock[i];
    if (!groups.has(key)) groups.set(key, {m, block: rowBlock[i], rows: []});
    groups.get(key).rows.push(i);
  }
  const show = () => {
    const id = list.value, c = column(id), boxes = [...groups.values()].map((g) => ({...g, sorted: sortedRows(c, g.rows)})).map((g) => ({...g, five: g.sorted.length ? quarters(g.sorted) : null}));
    const full = boxes.filter((g) => g.five), files = [...new Set(full.map((g) => g.m))], all = full.flatMap((g) => g.five.map((i) => c.numbers[i]));
    what.textContent = definitions[id];
    if (frame.firstChild) tmm.drop(frame.firstChild);
    frame.replaceChildren(chart({title: title(id) + ' by block', file: 'depth-' + id,
      about: 'Of the numbers of each block: the least, a quarter, the middle, three quarters of the way, the greatest; each is the value of an operator. Hover gives them, cut at their errors.',
      rows: () => [['file', 'block', 'measure', 'operators', 'numbers', 'least', 'lower_quarter', 'middle', 'upper_quarter', 'greatest'], ...boxes.map((g) => [apart ? report.models[g.m].file : 'all', g.block, id, g.rows.length, g.sorted.length, ...(g.five ?? Array(5).fill(null)).map((i) => i === null ? '' : c.numbers[i])])],
      figure: (theme) => ({traces: files.flatMap((m, k) => {
        const own = full.filter((g) => g.m === m), color = [theme.blue, theme.orange, theme.green, theme.purple][k % 4], shift = (k - (files.length - 1) / 2) * 0.8 / files.length, at = (q) => own.map((g) => c.numbers[g.five[q]]);
        return [{type: 'box', x: own.map((g) => g.block + shift), name: plain(modelFile(m)), lowerfence: at(0), q1: at(1), median: at(2), q3: at(3), upperfence: at(4), width: 0.6 / files.length, line: {color, width: 1.3}, fillcolor: color + '22', hoverinfo: 'skip'},
          {x: own.map((g) => g.block + shift), y: at(2), mode: 'markers', showlegend: false, marker: {size: 5, color},
            text: own.map((g) => `${apart ? plain(modelFile(m)) + ', ' : ''}block ${g.block}: ${many(g.sorted.length)} of ${many(g.rows.length)} have a number<br>${g.five.map((i) => plain(printed(c.text(i)))).join(' · ')}`), hovertemplate: '%{text}<extra></extra>'}];
      }), layout: {showlegend: files.length > 1, xaxis: axis(theme, {title: 'block', tickformat: 'd', zeroline: false}), yaxis: axis(theme, {title: title(id), ...(all.length && wantsLogarithm(Math.min(...all), Math.max(...all)) ? {type: 'log', exponentformat: 'power'} : {})})}})}));
  };
  list.addEventListener('change', show);
  section.append(make('p', {class: 'controls'}, make('label', {for: 'depth-measure'}, 'Measure'), list), what, frame);
  show();
};
sections.push(['By depth', new Set(rowBlock).size > 1 && Object.keys(definitions).some((id) => volume.columns.includes(id)), depthOfRows]);
