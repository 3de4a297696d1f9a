// SPDX-License-Identifier: MIT
const nullOfRows = (section) => {
  const wished = ['winding_fraction', 'index_margin', 'index_margin_relative', 'index_radius', 'jensen_defect', 'smallest_zero', 'symbol_max', 'sigma_max', 'log10_sigma_min', 'log10_condition',
    'effective_index_float32', 'effective_index_bfloat16', 'effective_index_float16', 'stable_rank', 'effective_rank', 'avram_parter_distance', 'log10_circulant_condition'];
  const boxes = wished.filter((id) => volume.null.includes(id)).map((id) => {
    const z = tmm.unpack(tmm.data('null-' + volume.null.indexOf(id)).z, Float32Array).filter((v) => !isNaN(v)).sort();
    return {id, z, five: [0, 0.25, 0.5, 0.75, 1].map((q) => z[Math.round(q * (z.length - 1))])};
  });
  section.append(make('p', {class: 'note'}, `Each measure against ${report.options.null_draws} freshly initialised layers (seed ${report.options.seed}): bands of one, two and three of their standard deviations.`));
  section.append(chart({title: 'Distance from untrained', file: 'null-model', height: boxes.length * 26 + 90 + 'px',
    about: 'z = (value − mean)/deviation, on a scale that is linear near 0 and logarithmic beyond: of all operators the least, the quarter points and the greatest.',
    rows: () => [['measure', 'operators', 'z_least', 'z_lower_quarter', 'z_middle', 'z_upper_quarter', 'z_greatest'], ...boxes.map(({id, z, five}) => [id, z.length, ...five])],
    figure: (theme) => {
      const ticks = [-1000, -100, -30, -10, -3, 0, 3, 10, 30, 100, 1000], at = (q) => boxes.map(({five}) => Math.asinh(five[q])), y = boxes.map(({id}) => title(id));
      return {traces: [{type: 'box', orientation: 'h', y, lowerfence: at(0), q1: at(1), median: at(2), q3: at(3), upperfence: at(4), line: {color: theme.blue, width: 1.4}, fillcolor: theme.blue + '22', hoverinfo: 'skip'},
        {x: at(2), y, mode: 'markers', marker: {size: 7, color: theme.blue}, text: boxes.map(({id, z, five}) => `${plain(title(id))}, ${many(z.length)} operators<br>z: ${five.map((v) => short(v, 3)).join(' · ')}`), hovertemplate: '%{text}<extra></extra>'}],
      layout: {shapes: [3, 2, 1].map((s) => ({type: 'rect', yref: 'paper', y0: 0, y1: 1, x0: -Math.asinh(s), x1: Math.asinh(s), fillcolor: theme.green, opacity: 0.1, line: {width: 0}, layer: 'below'})),
        xaxis: axis(theme, {title: 'z', tickvals: ticks.map(Math.asinh), ticktext: ticks.map(minus)}), yaxis: axis(theme, {autorange: 'reversed', tickvals: y, range: [-0.5, boxes.length - 0.5]})}};
    }}));
};
sections.push(['Against untrained layers', volume.null.length, nullOfRows]);
