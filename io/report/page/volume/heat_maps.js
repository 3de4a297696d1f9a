// SPDX-License-Identifier: MIT
/// Cells of a line at most: a layer of more operators takes several lines.
const widestLine = 128;

/// Where each operator stands: {x, y (of row i), width, height, lines: [[y, name]], heads, about}. A line is a layer, and its heads
/// (rows, stages, channels) stand side by side; where every layer is one operator, a line is a file and its layers; of one file they
/// follow one another.
const gridOfRows = () => {
  const collect = (nameOf) => {
    const groups = new Map(), heads = new Map();
    for (let i = 0; i < rowCount; ++i) {
      const name = nameOf(i), head = rowShort[i].slice(name.length).replace(/^\./, ''), key = rowModel[i] + '/' + name;
      if (!groups.has(key)) groups.set(key, {name: rowLabel(i).slice(0, rowLabel(i).length - (rowShort[i].length - name.length)).replace(/ · $/, ''), rows: [], heads: []});
      if (!heads.has(head)) heads.set(head, heads.size);
      groups.get(key).rows.push(i);
      groups.get(key).heads.push(head);
    }
    return {groups, heads};
  };
  let {groups, heads} = collect((i) => rowShort[i].match(/^((?:enc|dec)\.)?\d+(?=\.|$)/)?.[0] ?? rowShort[i].replace(/\[[^\]]*\]$/, '')), about = 'A line is a layer, a column one of its heads, rows or channels.';
  if (groups.size === rowCount) {
    ({groups, heads} = collect(() => ''));
    about = 'A line is a file, a column one of its layers.';
  }
  const folded = heads.size > widestLine, x = new Int32Array(rowCount), y = new Int32Array(rowCount), lines = [];
  if (folded) about = groups.size > 1 ? `A layer begins at its name and goes on over lines of ${widestLine} operators.` : `Operators in the order of the file, ${widestLine} a line, some lines named by their first.`;
  let line = 0;
  for (const {name, rows, heads: own} of groups.values()) {
    if (groups.size > 1 || !folded) lines.push([line, name]);
    rows.forEach((i, k) => {
      [x[i], y[i]] = folded ? [k % widestLine, line + Math.floor(k / widestLine)] : [heads.get(own[k]), line];
      if (folded && groups.size === 1 && x[i] === 0) lines.push([y[i], rowLabel(i)]);
    });
    line += folded ? Math.ceil(rows.length / widestLine) : 1;
  }
  return {x, y, lines, about, height: line, width: folded ? widestLine : heads.size, heads: folded ? null : [...heads.keys()]};
};

/// Rank of every number of a column, 0 … 1, equal numbers in the middle of theirs.
const ranksOf = (c) => {
  const sorted = sortedRows(c), ranks = new Float64Array(rowCount).fill(NaN);
  for (let k = 0; k < sorted.length;) {
    let end = k;
    while (end < sorted.length && c.numbers[sorted[end]] === c.numbers[sorted[k]]) ++end;
    for (let j = k; j < end; ++j) ranks[sorted[j]] = sorted.length < 2 ? 0.5 : (k + end - 1) / 2 / (sorted.length - 1);
    k = end;
  }
  return ranks;
};

const mostCrosses = 1000;
const heatMaps = (section) => {
  const grid = gridOfRows(), place = new Int32Array(grid.width * grid.height).fill(-1);
  for (let i = 0; i < rowCount; ++i) place[grid.y[i] * grid.width + grid.x[i]] = i;
  const table = (of) => Array.from({length: grid.height}, (_, y) => Array.from({length: grid.width}, (_, x) => { const i = place[y * grid.width + x]; return i < 0 ? null : of(i); }));
  const some = (list, most) => list.filter((_, k) => k % Math.ceil(list.length / most) === 0);
  section.append(make('p', {class: 'note'}, grid.about
    + ' Colour of N/(n−1): its value, blue below ½, orange above. Colour of every other measure: rank among all operators, not size. A place with a cross has no number, and hovering says why; an empty place has no operator. A click leads to the operator.'));
  const box = make('div', {class: 'charts wide'});
  for (const id of mainMeasures) {
    const c = column(id), own = id === 'winding_fraction';
    if (!sortedRows(c).length) continue;
    const without = [];
    for (let i = 0; i < rowCount; ++i) if (isNaN(c.numbers[i]) && c.way(i)) without.push(i);
    const crossed = without.length <= mostCrosses, cell = grid.height <= 24 ? 16 : grid.height <= 80 ? 7 : 4;
    const says = (i) => `${plain(rowLabel(i))}<br>${plain(title(id))} ${plain(printed(c.text(i)))}<br>${plain(c.way(i)?.status ?? 'not measured')}` + (isNaN(c.numbers[i]) && c.way(i) ? ': ' + plain(c.way(i).method) : '');
    box.append(chart({title: title(id), file: 'heat-map-' + id, height: Math.max(190, grid.height * cell + 70) + 'px',
      about: `${own ? 'N/(n−1) itself' : 'Rank of ' + title(id)}. ` + (without.length === 0 ? 'Every operator has a number.' : crossed ? `${many(without.length)} without a number: ${withoutNumber(c).join('; ')}.`
        : `${many(without.length)} without a number, and so without colour; they are too many for crosses: ${withoutNumber(c).join('; ')}.`),
      rows: () => [['layer', 'name', 'file', 'line', 'column', id, 'status', 'method'], ...Array.from({length: rowCount}, (_, i) => [rowShort[i], rowNames[i], report.models[rowModel[i]].file, grid.y[i], grid.x[i], isNaN(c.numbers[i]) ? '' : c.numbers[i], c.way(i)?.status, c.way(i)?.method])],
      figure: (theme) => {
        const ranks = own ? c.numbers : ranksOf(c), colors = own ? [[0, theme.blue + 'b0'], [0.5, theme.grey + '40'], [1, theme.orange + 'b0']] : [[0, theme.green + '26'], [1, theme.green + 'a6']];
        const shared = {type: 'heatmap', zmin: 0, zmax: 1, hoverongaps: false, hovertemplate: '%{customdata}<extra></extra>', customdata: table(says)};
        return {traces: [{...shared, z: table((i) => isNaN(ranks[i]) ? null : ranks[i]), colorscale: colors,
          colorbar: {thickness: 9, len: 1, outlinewidth: 0, tickfont: {size: 10, color: theme.soft}, tickvals: [0, 0.5, 1], ticktext: own ? ['0', '½', '1'] : ['least', '', 'most']}},
        ...(without.length ? [{...shared, z: table((i) => c.way(i) && isNaN(c.numbers[i]) ? 0 : null), colorscale: [[0, theme.grey + '00'], [1, theme.grey + '00']], showscale: false}] : []),
        ...(without.length && crossed ? [{type: 'scatter', mode: 'markers', x: without.map((i) => grid.x[i]), y: without.map((i) => grid.y[i]), hoverinfo: 'skip', marker: {symbol: 'x-thin', size: 5, line: {width: 1, color: theme.soft}}}] : [])],
        layout: {xaxis: axis(theme, {side: 'top', showgrid: false, zeroline: false, range: [-0.5, grid.width - 0.5], ...(grid.heads ? {tickvals: some(grid.heads.map((_, k) => k), 12), ticktext: some(grid.heads.map((h) => plain((h || '·').slice(-8))), 12)} : {tickvals: []})}),
          yaxis: axis(theme, {range: [grid.height - 0.5, -0.5], showgrid: false, zeroline: false, tickvals: some(grid.lines.map(([y]) => y), 20), ticktext: some(grid.lines.map(([, name]) => plain(name.length > 18 ? '…' + name.slice(-17) : name)), 20)})}};
      },
      click: (point) => { const i = place[Math.round(point.y) * grid.width + Math.round(point.x)]; if (i >= 0) showRow(i, true); }}));
  }
  section.append(box);
};
sections.push(['Heat maps', mainMeasures.length, heatMaps]);
