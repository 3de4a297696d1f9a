// SPDX-License-Identifier: MIT
// Charts that stand still: for paper and for downloads. They are drawn aside, at a size of their own, in light colours on white,
// whatever the page looks like at the moment; and at once, since a browser prints as soon as its event handlers return.

/// The rectangles of a heat map as paths, one a colour, in place of the picture that the chart library draws.
const vectorCells = (stage) => {
  const pen = document.createElement('canvas').getContext('2d');
  const parts = (color) => {
    pen.fillStyle = color;
    const text = pen.fillStyle;  // '#rrggbb' or 'rgba(r, g, b, a)'
    return text[0] === '#' ? [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16)).concat(1) : text.match(/[\d.]+/g).map(Number);
  };
  stage.calcdata.forEach(([cells], index) => {
    const trace = stage._fullData[index], picture = cells?.trace?.type === 'heatmap' && stage.querySelectorAll('.heatmaplayer image')[0];
    if (!picture) return;
    const {xaxis, yaxis} = stage._fullLayout, x = Array.from(cells.x, (v) => xaxis.c2p(v)), y = Array.from(cells.y, (v) => yaxis.c2p(v));
    const scale = trace.colorscale.map(([at, color]) => [at, parts(color)]);
    const colorOf = (value) => {
      const t = Math.min(1, Math.max(0, (value - trace.zmin) / (trace.zmax - trace.zmin)));
      const k = Math.max(1, scale.findIndex(([at]) => at >= t)), [[a, from], [b, to]] = [scale[k - 1], scale[k]];
      const mix = from.map((v, i) => v + (to[i] - v) * (t - a) / (b - a));
      return `rgb(${mix.slice(0, 3).map(Math.round)})` + (mix[3] < 1 ? `" fill-opacity="${mix[3].toFixed(3)}` : '');
    };
    const paths = new Map(), digits = (v) => String(Number(v.toFixed(2))), gap = [trace.xgap ?? 0, trace.ygap ?? 0];
    const step = (list) => (list[list.length - 1] - list[0]) / (list.length - 1);
    const even = (list) => list.every((v, k) => Math.abs(v - list[0] - k * step(list)) < 0.02), grid = even(x) && even(y) && !gap[0] && !gap[1];
    const cell = (s, t) => {  // in units of a cell where all are alike: half as long
      if (grid) return `M${s} ${t}h1v1h-1z`;
      const [left, right] = [x[s], x[s + 1]].sort((a, b) => a - b), [top, bottom] = [y[t], y[t + 1]].sort((a, b) => a - b), w = digits(right - left - gap[0]);
      return `M${digits(left + gap[0] / 2)} ${digits(top + gap[1] / 2)}h${w}v${digits(bottom - top - gap[1])}h-${w}z`;
    };
    cells.z.forEach((row, t) => Array.from(row).forEach((value, s) => {
      if (typeof value !== 'number' || !isFinite(value)) return;
      const color = colorOf(value);
      paths.set(color, (paths.get(color) ?? '') + cell(s, t));
    }));
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    group.setAttribute('shape-rendering', 'crispEdges');
    group.setAttribute('class', 'cells');
    if (grid) group.setAttribute('transform', `matrix(${step(x)} 0 0 ${step(y)} ${x[0]} ${y[0]})`);
    group.innerHTML = [...paths].map(([color, d]) => `<path fill="${color}" d="${d}"/>`).join('');
    picture.replaceWith(group);
  });
};

/// The text of the SVG of a chart, `width` × `height` in its own pixels; `title` stands above it; `view` are the ranges of its axes
/// if not those it begins with, {x: [low, high], y: [low, high]}.
tmm.still = (spec, {width, height, title, vector, view}) => {
  const stage = tmm.make('div', {class: 'stage light', 'aria-hidden': 'true'});
  stage.style.width = width + 'px';
  document.body.append(stage);
  let drawing = Promise.resolve();
  try {
    const theme = tmm.theme(stage), {traces, layout} = spec.figure(theme), full = tmm.layout(theme, layout);
    Object.assign(full, {width, height, paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff'});
    if (view) {
      for (const name of ['x', 'y']) full[name + 'axis'] = {...full[name + 'axis'], range: [...view[name]], autorange: false};
      const closer = spec.closer?.({x0: view.x[0], x1: view.x[1], y0: view.y[0], y1: view.y[1]}) ?? {};
      for (const [name, [values]] of Object.entries(closer)) traces[0][name] = values;
    }
    if (title) Object.assign(full, {title: {text: tmm.plain(title), x: 0.5, y: 1, yanchor: 'top', pad: {t: 6}, font: {size: 13, color: theme.ink}}, margin: {...full.margin, t: 34}});
    drawing = Plotly.newPlot(stage, traces, full, {staticPlot: true});  // all drawn on return; the promise tells of it later
    if (vector) vectorCells(stage);
    stage.remove();  // on the way to text the chart library writes addresses that stand for nothing, which a page would look up
    return Plotly.Snapshot.toSVG(stage, 'svg', 1);
  } finally {
    stage.remove();
    drawing.finally(() => Plotly.purge(stage));
  }
};

// Paper. Every chart of a report is drawn; the cards of very many operators would take minutes, and hundreds of pages.
const mostOnPaper = 300;
addEventListener('beforeprint', () => {
  const all = [...specs.keys()], many = all.length > mostOnPaper || document.querySelector('details.rest') !== null;
  for (const plot of all) {
    if (many && plot.closest('.card')) continue;
    const spec = specs.get(plot), wide = parseFloat(spec.height) || 0, still = tmm.make('div', {class: 'still light'});
    still.innerHTML = tmm.still(spec, wide ? {width: 760, height: wide} : {width: 400, height: 220});
    const svg = still.firstElementChild;
    svg.setAttribute('viewBox', `0 0 ${svg.getAttribute('width')} ${svg.getAttribute('height')}`);
    svg.removeAttribute('width');
    svg.removeAttribute('height');
    plot.after(still);
  }
  document.documentElement.classList.toggle('many', many);
  if (many) document.querySelector('.card').before(tmm.make('p', {class: 'printed warning'},
    `Printed without the charts of its operators: a page with more than ${mostOnPaper} charts keeps them on the screen. Print reports of fewer layers (--layers) to have them on paper.`));
});
addEventListener('afterprint', () => {
  for (const element of document.querySelectorAll('.still, .printed')) element.remove();
});
