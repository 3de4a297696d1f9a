// SPDX-License-Identifier: MIT
// All singular values of a derivative, one series a sequence.
const spectra = (key) => texts.spectra[key].map((s, k) => ({...s, values: tmm.unpack(s.values, Float64Array),
  bounds: tmm.unpack(s.upper_bounds, Float64Array), name: 'sequence ' + network.tokens.samples[k]}));

/// "12" or "12 … 14".
const span = (values) => { const low = Math.min(...values), high = Math.max(...values); return low === high ? String(low) : `${low} … ${high}`; };

const spectrumChart = (key, words) => {
  const list = spectra(key), size = list[0].values.length + list[0].bounds.length, many = size > 256;
  const all = network.tokens.samples.length, error = Math.max(...list.map((s) => s.error)), threshold = Math.max(...list.map((s) => s.float32_threshold));
  const known = list.map((s) => s.values.length), open = known.some((count) => count < size);
  return tabled({title: 'Singular values of ' + words, file: key + '-singular-values',
    about: `σ, descending, ${all === 1 ? 'of the one sequence' : list.length < all ? `of the first ${list.length} of ${all} sequences` : `of ${all} sequences`}. `
      + `The error of each is estimated at ${tmm.pretty(tmm.bound(error, 'upper', 2))}; ${open ? `${span(known)} of ${size} are above twice that, triangles are upper bounds of the others` : `all ${size} are above twice that`}. `
      + (threshold > 0 ? `The rank at float32 counts σ above ${short(threshold, 2)}. ` : '') + 'Dotted where the axis reaches so far.',
    rows: () => [['sequence', 'i', 'sigma', 'status', 'upper_bound', 'error'], ...list.flatMap((s, k) => {
      const sequence = network.tokens.samples[k], n = s.values.length;
      return [...Array.from(s.values, (v, i) => [sequence, i + 1, v, 'numerical', null, s.error]), ...Array.from(s.bounds, (v, i) => [sequence, n + i + 1, null, 'below precision', v, null])];
    })],
    figure: (theme) => {
      const places = (from, count) => Array.from({length: count}, (_, i) => from + i + 1);
      const series = list.map((s, k) => ({x: places(0, s.values.length), y: Array.from(s.values), name: s.name, mode: many ? 'lines' : 'markers',
        marker: {size: 6, color: seriesColor(theme, k), symbol: symbols[k] + '-open'}, line: {width: 1.8, color: seriesColor(theme, k), dash: ['solid', 'dash', 'dot', 'dashdot'][k % 4], simplify: false},
        hovertemplate: `${s.name}<br>σ<sub>%{x}</sub> = %{y:.6g}<extra></extra>`}));
      const bounds = list.filter((s) => s.bounds.length).map((s, k) => ({x: places(s.values.length, s.bounds.length), y: Array.from(s.bounds), name: 'upper bounds', legendgroup: 'bounds', showlegend: k === 0,
        mode: 'markers', marker: {...boundMark(theme), size: many ? 3 : 7}, hovertemplate: `${s.name}<br>σ<sub>%{x}</sub> ≤ %{y:.3g}<extra></extra>`}));
      const least = Math.min(...[...series, ...bounds].flatMap((t) => t.y.slice(-1)));
      return {traces: [...floorLine(theme, 'twice the error', 2 * error, [0.5, size + 0.5], least), ...floorLine(theme, 'rank at float32', threshold, [0.5, size + 0.5], least), ...series, ...bounds],
        layout: {showlegend: true, xaxis: axis(theme, {title: 'i', range: [0, size + 1], zeroline: false}), yaxis: logAxis(theme, 'σ', [list[0].values[0] ?? least, least])}};
    }});
};

const spectraSection = (section) => {
  const charts = [['vector', 'z by the input'], ['stream', 'the stream by the input']].filter(([key]) => texts.spectra[key].length);
  section.append(make('div', {class: 'charts'}, ...charts.map(([key, words]) => spectrumChart(key, words))));
  if (!texts.spectra.stream.length)
    section.append(make('p', {class: 'note'}, `Of the stream (${network.stream.rows} × ${network.stream.columns}) only the ends of the spectrum were computed: all singular values need tokens × d ≤ ${network.options.full_up_to} (--full, or fewer tokens by --length).`));
};
