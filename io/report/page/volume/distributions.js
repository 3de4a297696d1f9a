// SPDX-License-Identifier: MIT
/// Bins of equal width over the numbers of a column, of their logarithms where they span decades; whole numbers are not cut in two.
const binsOf = (c, sorted) => {
  const least = c.numbers[sorted[0]], most = c.numbers[sorted[sorted.length - 1]], logarithmic = wantsLogarithm(least, most), at = logarithmic ? Math.log10 : (v) => v;
  const integers = !logarithmic && sorted.every((i) => Number.isInteger(c.numbers[i])), widest = 48;
  const low = integers ? least - 0.5 : at(least), span = integers ? most - least + 1 : at(most) - low || Math.abs(low) || 1;
  const width = integers ? Math.ceil(span / widest) : span / widest, bins = integers ? Math.ceil(span / width) : widest;
  const counts = report.models.map(() => new Int32Array(bins));
  for (const i of sorted) ++counts[rowModel[i]][Math.min(bins - 1, Math.max(0, Math.floor((at(c.numbers[i]) - low) / width)))];
  return {low, width, bins, counts, logarithmic};
};

const distributions = (section) => {
  section.append(make('p', {class: 'note'}, 'How often each value occurs among all operators. The five numbers below each are values of operators: the least, those at a quarter, a half and three quarters of the way, and the greatest, each cut at its own error.'));
  const grid = make('div', {class: 'charts'}), empty = [];
  for (const id of mainMeasures) {
    const c = column(id), sorted = sortedRows(c), others = withoutNumber(c);
    if (!sorted.length) { empty.push(`${title(id)}: no operator has a number (${others.join('; ')}).`); continue; }
    const five = quarters(sorted).map((i) => printed(c.text(i)));
    let bins;
    const edges = () => bins ??= binsOf(c, sorted), edge = (k) => { const {low, width, logarithmic} = edges(), x = low + k * width; return logarithmic ? 10 ** x : x; };
    grid.append(chart({title: title(id), file: 'distribution-' + id,
      about: `${many(sorted.length)} ${sorted.length === 1 ? 'number' : 'numbers'}${others.length ? '; ' + others.join('; ') : ''}. ${five.join(' · ')}.`,
      rows: () => [['measure', 'from', 'to', 'file', 'operators'], ...edges().counts.flatMap((counts, m) => Array.from(counts, (n, k) => [id, edge(k), edge(k + 1), report.models[m].file, n]))],
      figure: (theme) => {
        const {low, width, counts, logarithmic} = edges(), middle = (k) => low + (k + 0.5) * width, colors = [theme.blue, theme.orange, theme.green, theme.purple];
        const parts = counts.length <= colors.length ? counts : [counts.reduce((sum, c2) => sum.map((n, k) => n + c2[k]), new Int32Array(counts[0].length))];
        const ticks = Array.from({length: 400}, (_, k) => k - 330).filter((e) => e >= low - 0.01 && e <= low + width * counts[0].length + 0.01), step = Math.ceil(ticks.length / 7);
        return {traces: parts.map((part, m) => ({type: 'bar', x: Array.from(part, (_, k) => middle(k)), y: Array.from(part), width, name: plain(parts.length > 1 ? modelFile(m) : 'operators'),
          marker: {color: colors[m], opacity: 0.75, line: {width: 0.5, color: theme.panel}}, text: Array.from(part, (n, k) => `${many(n)} ${n === 1 ? 'operator' : 'operators'}<br>${short(edge(k))} … ${short(edge(k + 1))}`), textposition: 'none', hovertemplate: '%{text}<extra></extra>'})),
        layout: {barmode: 'stack', bargap: 0, showlegend: parts.length > 1, yaxis: axis(theme, {title: 'operators', rangemode: 'tozero', tickformat: ',d'}),
          xaxis: axis(theme, {zeroline: false, title: logarithmic ? 'logarithmic' : '', ...(logarithmic ? {tickvals: ticks.filter((_, k) => k % step === 0), ticktext: ticks.filter((_, k) => k % step === 0).map((e) => '10' + raised(String(e)))} : {})})}};
      }}));
  }
  section.append(grid, ...empty.map((text) => make('p', {class: 'note'}, text)));
};
sections.push(['Distributions', mainMeasures.length, distributions]);
