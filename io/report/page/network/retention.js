// SPDX-License-Identifier: MIT
// How much of every position is left: norms of derivatives by position, in the mean over sequences.
/// [name, profile] as series. A profile is null where rounding covers it in every sequence: a bound there, no point.
const profileChart = (spec, profiles) => {
  const samples = network.tokens.samples.length, counts = profiles.flatMap(([, p]) => p.known);
  return tabled({...spec, about: spec.about + (samples > 1 ? ` Means over ${samples} sequences${counts.some((c) => c > 0 && c < samples) ? ', at each position over those in which it is above rounding' : ''}.` : '')
      + (counts.includes(0) ? ' Triangles: rounding covers it, an upper bound.' : ''),
    rows: () => [['position', 'of', 'mean', 'standard_deviation', 'known', 'upper_bound'], ...profiles.flatMap(([name, p]) =>
      p.mean.map((v, t) => [t, name, v, p.standard_deviation[t], p.known[t], v === null ? p.below_precision_under : null]))],
    figure: (theme) => {
      const traces = profiles.flatMap(([name, p], k) => {
        const x = p.mean.map((_, t) => t), color = seriesColor(theme, k), holes = p.mean.includes(null), open = x.filter((t) => p.mean[t] === null);
        const text = p.mean.map((v, t) => v === null ? '' : `${short(v, 5)}${p.standard_deviation[t] === null ? '' : `, s.d. ${short(p.standard_deviation[t], 2)}`}, known in ${p.known[t]} of ${samples}`);
        return [...(spec.band && samples > 1 && !holes ? bandOf(p, x, color) : []),
          {x, y: p.mean, name: plain(name), mode: holes || x.length <= 60 ? 'lines+markers' : 'lines', marker: {size: 5, color, symbol: symbols[k % symbols.length]},
            line: {width: 1.8, color, dash: ['solid', 'dash', 'dot', 'dashdot'][Math.floor(k / 5 + (profiles.length === 2 ? k : 0)) % 4]}, text, hovertemplate: `${plain(name)}<br>t = %{x}: %{text}<extra></extra>`},
          ...(open.length ? [{x: open, y: open.map(() => p.below_precision_under), name: 'upper bounds', legendgroup: 'bounds', showlegend: k === profiles.findIndex(([, q]) => q.mean.includes(null)),
            mode: 'markers', marker: boundMark(theme), hovertemplate: `${plain(name)}<br>t = %{x}: ≤ %{y:.2g}<extra></extra>`}] : [])];
      });
      const floor = Math.max(...profiles.map(([, p]) => p.below_precision_under)), least = Math.min(...profiles.flatMap(([, p]) => p.mean.filter((v) => v !== null)));
      return {traces: [...floorLine(theme, 'rounding', floor, [0, profiles[0][1].mean.length - 1], counts.includes(0) ? 0 : least), ...traces],
        layout: {showlegend: true, xaxis: axis(theme, {title: 'position t of the input', zeroline: false}), yaxis: logAxis(theme, spec.unit, profiles.flatMap(([, p]) => p.mean.filter((v) => v !== null)))}};
    }});
};

/// From one standard deviation below the mean, but not below rounding, to one above it.
const bandOf = (p, x, color) => {
  const edge = {x, mode: 'lines', line: {width: 0}, hoverinfo: 'skip', showlegend: false};
  return [{...edge, y: p.mean.map((v, t) => Math.max(v - p.standard_deviation[t], p.below_precision_under, v / 1000))},
    {...edge, y: p.mean.map((v, t) => v + p.standard_deviation[t]), fill: 'tonexty', fillcolor: color + '22'}];
};

const retentionSection = (section) => {
  const {frobenius, norm_2: norm2} = network.retention;
  section.append(
    make('p', {class: 'note'}, `How strongly z, at position ${network.derivative.position}, answers to a small change of the embedded token at position t. A derivative of 0 does not say that z forgets large changes, nor a large one that a decoder can use it.`),
    make('div', {class: 'charts'}, profileChart({title: 'Retention by position', file: 'retention', unit: '‖∂z/∂xₜ‖', band: true,
      about: `Solid: Frobenius norm of the ${network.vector.rows} × ${network.vector.rows} block. Dashed: its largest singular value.` + (network.tokens.samples.length > 1 ? ' Bands: one standard deviation, cut at rounding.' : '')},
    [['Frobenius norm', frobenius], ['2-norm', norm2]])),
    make('h3', {}, 'In groups of positions'),
    make('p', {class: 'note'}, 'Root mean squares over the positions of a group.'),
    rowsTable(['positions t', '‖∂z/∂xₜ‖, Frobenius', '‖∂z/∂xₜ‖₂'], texts.positions.map((g) => [g.first === g.last ? String(g.first) : `${g.first} to ${g.last}`, printed(g.frobenius), printed(g.norm_2)])));
};
