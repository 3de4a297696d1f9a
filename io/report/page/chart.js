// SPDX-License-Identifier: MIT
// The frame of a chart: when it is drawn, its axes, its buttons.
/// The colours that hold at an element: those of the page's mode, or the light ones inside .light.
tmm.theme = (element = document.documentElement) => {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue('--' + name).trim();
  return {ink: color('ink'), soft: color('soft'), line: color('line'), panel: color('panel'), faint: color('faint'),
    blue: color('blue'), orange: color('orange'), green: color('green'), purple: color('purple'), grey: color('grey')};
};

/// Charts are drawn when they come near the window, and taken down again when very many are far from it.
const keep = 60;
const specs = new Map();
const drawn = new Set();
const visible = new Set();

const axis = (theme, extra = {}) => ({gridcolor: theme.line, zerolinecolor: theme.grey, linecolor: theme.line,
  zerolinewidth: 1, tickfont: {color: theme.soft, size: 11}, automargin: true, ...extra,
  title: {text: extra.title ?? '', font: {size: 12, color: theme.soft}, standoff: 8}});

/// What the layout of every chart has in common, and its own.
tmm.layout = (theme, layout) => ({
  paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', margin: {l: 8, r: 12, t: 10, b: 8},
  font: {family: 'system-ui, DejaVu Sans, sans-serif', size: 12, color: theme.ink}, showlegend: false, hovermode: 'closest',
  hoverlabel: {bgcolor: theme.panel, bordercolor: theme.line, font: {color: theme.ink, size: 12}, align: 'left', namelength: -1},
  legend: {orientation: 'h', traceorder: 'normal', x: 0, y: 1.02, yanchor: 'bottom', font: {size: 11, color: theme.soft}},
  ...layout});

const draw = (element) => {
  if (drawn.has(element)) return;
  const theme = tmm.theme();
  const {traces, layout} = specs.get(element).figure(theme);
  drawn.add(element);
  Plotly.newPlot(element, traces, tmm.layout(theme, layout), {displayModeBar: false, responsive: true, doubleClick: 'reset+autosize'}).then(() => {
    tmm.watchZoom(element);
    element.setAttribute('data-drawn', '');
    if (specs.get(element).click) element.on('plotly_click', ({points}) => specs.get(element).click(points[0]));
    if (specs.get(element).closer) element.on('plotly_relayout', () => lookCloser(element));
  });
};

/// After a zoom the first trace is computed anew for what is in the window.
const lookCloser = (element) => {
  const {xaxis, yaxis} = element._fullLayout, window = {x0: xaxis.range[0], x1: xaxis.range[1], y0: yaxis.range[0], y1: yaxis.range[1]};
  Plotly.restyle(element, specs.get(element).closer(window), [0]);
};

const takeDown = (element) => {
  Plotly.purge(element);
  element.removeAttribute('data-drawn');
  drawn.delete(element);
};

const observer = new IntersectionObserver((entries) => {
  for (const {target, isIntersecting} of entries) {
    if (!isIntersecting) { visible.delete(target); continue; }
    visible.add(target);
    draw(target);
  }
  for (const element of drawn) {
    if (drawn.size <= keep) break;
    if (!visible.has(element)) takeDown(element);
  }
}, {rootMargin: '300px'});

tmm.redrawAll = () => {
  for (const element of [...drawn]) takeDown(element);
  for (const element of visible) draw(element);
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tmm.redrawAll);

/// A <figure> with heading, downloads and a line of explanation.
/// spec: {title, about, file, height, of, figure(theme) → {traces, layout}, rows() → [[…]] for the CSV,
/// closer(window) → what the first trace becomes in a window {x0, x1, y0, y1}, if a zoom changes it, click(point)};
/// `of` is the operator that the
/// chart shows, where it shows one.
tmm.chart = (spec) => {
  const plot = tmm.make('div', {class: 'plot', role: 'img', 'aria-label': spec.title + '. ' + (spec.about ?? '')});
  if (spec.height) plot.style.setProperty('--height', spec.height);
  const button = (text, act, words = `${text} of: ${spec.title}`) => {
    const b = tmm.make('button', {type: 'button', 'aria-label': words}, text);
    b.addEventListener('click', act);
    return b;
  };
  const reset = button('Reset', () => tmm.resetZoom(plot), `Reset the zoom of: ${spec.title}`);
  reset.hidden = true;
  reset.className = 'reset';
  const take = tmm.make('span', {class: 'take'}, button('SVG', () => tmm.saveFigure(spec, plot, 'svg')),
    button('PNG', () => tmm.saveFigure(spec, plot, 'png')), button('CSV', () => tmm.saveRows(spec)));
  const figure = tmm.make('figure', {}, tmm.make('figcaption', {}, tmm.make('b', {}, spec.title), take), tmm.make('div', {class: 'over'}, reset), plot,
    spec.about ? tmm.make('p', {class: 'about'}, spec.about) : null);
  specs.set(plot, spec);
  tmm.touch(plot);
  observer.observe(plot);
  return figure;
};

/// The charts of these elements show this operator: their downloads carry its model and layer.
tmm.belong = (figures, op) => {
  for (const figure of figures) {
    const spec = specs.get(figure.querySelector('.plot'));
    if (spec) spec.of = op;
  }
};

/// Takes a chart off the page for good.
tmm.drop = (figure) => {
  const plot = figure.querySelector('.plot');
  observer.unobserve(plot);
  visible.delete(plot);
  if (drawn.has(plot)) takeDown(plot);
  specs.delete(plot);
};
