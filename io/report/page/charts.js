// SPDX-License-Identifier: MIT
// Charts of the report: drawing alone. Numbers come from the page's JSON elements and are not computed again.
'use strict';
const tmm = {};

/// Parsed content of a JSON element; null if the page has none of this name.
tmm.data = (id) => {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
};

/// Base64 of little-endian numbers → typed array.
tmm.unpack = (text, Type) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Type(bytes.buffer);
};

/// An element with attributes and children; strings become text, never markup.
tmm.make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
};

/// Plotly reads a few tags in its texts: names must not be taken for them.
tmm.plain = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/// Few digits for what the page draws; whole values are in the data.
tmm.short = (value, digits = 4) => typeof value !== 'number' ? String(value ?? '–')
  : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(digits - 1)
  : String(Number(value.toPrecision(digits)));

tmm.theme = () => {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue('--' + name).trim();
  return {ink: color('ink'), soft: color('soft'), line: color('line'), panel: color('panel'), faint: color('faint'),
    blue: color('blue'), orange: color('orange'), green: color('green'), purple: color('purple'), grey: color('grey')};
};

tmm.save = (name, url) => {
  const link = tmm.make('a', {href: url, download: name.replace(/[^\w.-]+/g, '_').slice(0, 120)});
  document.body.append(link);
  link.click();
  link.remove();
};

const csvField = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
};
tmm.csv = (rows) => rows.map((row) => row.map(csvField).join(',')).join('\n') + '\n';

/// Charts are drawn when they come near the window, and taken down again when very many are far from it.
const keep = 60;
const specs = new Map();
const drawn = new Set();
const visible = new Set();

const axis = (theme, extra = {}) => ({gridcolor: theme.line, zerolinecolor: theme.grey, linecolor: theme.line,
  zerolinewidth: 1, tickfont: {color: theme.soft, size: 11}, automargin: true, ...extra,
  title: {text: extra.title ?? '', font: {size: 12, color: theme.soft}, standoff: 8}});
tmm.axis = axis;

const draw = (element) => {
  if (drawn.has(element)) return;
  const theme = tmm.theme();
  const {traces, layout} = specs.get(element).figure(theme);
  drawn.add(element);
  Plotly.newPlot(element, traces, {
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', margin: {l: 8, r: 12, t: 10, b: 8},
    font: {family: 'system-ui, DejaVu Sans, sans-serif', size: 12, color: theme.ink}, showlegend: false, hovermode: 'closest',
    hoverlabel: {bgcolor: theme.panel, bordercolor: theme.line, font: {color: theme.ink, size: 12}, align: 'left', namelength: -1},
    legend: {orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', font: {size: 11, color: theme.soft}},
    ...layout,
  }, {displayModeBar: false, responsive: true, doubleClick: 'reset+autosize'}).then(() => element.setAttribute('data-drawn', ''));
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
// On paper all charts of a small report are wanted, those of a large one would take minutes.
addEventListener('beforeprint', () => { if (specs.size <= 120) for (const element of specs.keys()) draw(element); });

/// A <figure> with heading, downloads and a line of explanation.
/// spec: {title, about, file, height, figure(theme) → {traces, layout}, rows() → [[…]] for the CSV}
tmm.chart = (spec) => {
  const plot = tmm.make('div', {class: 'plot', role: 'img', 'aria-label': spec.title + '. ' + (spec.about ?? '')});
  if (spec.height) plot.style.setProperty('--height', spec.height);
  const image = async (format) => {
    draw(plot);
    const url = await Plotly.toImage(plot, {format, width: plot.clientWidth, height: plot.clientHeight, scale: format === 'png' ? 3 : 1});
    tmm.save(spec.file + '.' + format, url);
  };
  const button = (text, act) => {
    const b = tmm.make('button', {type: 'button', 'aria-label': `${text} of: ${spec.title}`}, text);
    b.addEventListener('click', act);
    return b;
  };
  const take = tmm.make('span', {class: 'take'}, button('SVG', () => image('svg')), button('PNG', () => image('png')),
    button('CSV', () => tmm.save(spec.file + '.csv', URL.createObjectURL(new Blob([tmm.csv(spec.rows())], {type: 'text/csv'})))));
  const figure = tmm.make('figure', {}, tmm.make('figcaption', {}, tmm.make('b', {}, spec.title), take), plot,
    spec.about ? tmm.make('p', {class: 'about'}, spec.about) : null);
  specs.set(plot, spec);
  observer.observe(plot);
  return figure;
};

/// Arrays of operator i, decoded once when first asked for.
const decoded = new Map();
tmm.arrays = (i) => {
  if (decoded.has(i)) return decoded.get(i);
  const raw = tmm.data('arrays-' + i);
  const runs = (list) => list.flatMap(([name, count]) => Array(count).fill(name));
  const result = {quantiles: []};
  if (raw.taps) {  // a dense matrix has neither taps nor a curve
    result.taps = tmm.unpack(raw.taps.data, raw.taps.type === 'f4' ? Float32Array : Float64Array);
    result.quantiles = tmm.unpack(raw.quantiles, Float32Array);
    const jumps = tmm.unpack(raw.curve.jumps, Uint8Array);
    let step = 0;
    result.curve = {theta: Array.from(jumps, (jump) => (step += jump) / raw.curve.steps),
      re: Array.from(tmm.unpack(raw.curve.re, Int16Array), (v) => v * raw.curve.unit),
      im: Array.from(tmm.unpack(raw.curve.im, Int16Array), (v) => v * raw.curve.unit)};
  }
  result.near = raw.near && {radius: raw.near.radius, re: tmm.unpack(raw.near.re, Float32Array), im: tmm.unpack(raw.near.im, Float32Array)};
  if (raw.zeros) result.zeros = {re: tmm.unpack(raw.zeros.re, Float64Array), im: tmm.unpack(raw.zeros.im, Float64Array),
    radius: tmm.unpack(raw.zeros.radius, Float32Array), together: raw.zeros.together && tmm.unpack(raw.zeros.together, Int32Array)};
  if (raw.sigma) {
    const s = raw.sigma, digits = tmm.unpack(s.digits, Uint8Array), status = runs(s.status), method = runs(s.method);
    const value = s.value && tmm.unpack(s.value, Float64Array), mantissa = s.mantissa && tmm.unpack(s.mantissa, Float64Array);
    const exponent = s.exponent && tmm.unpack(s.exponent, Int32Array);
    result.sigma = Array.from(digits, (known, k) => ({
      log10: value ? Math.log10(value[k]) : Math.log10(mantissa[k]) + exponent[k],
      text: (known === 0 ? '≤ ' : '') + (value ? value[k].toPrecision(Math.max(1, Math.min(known || 2, 6)))
        : mantissa[k].toPrecision(Math.max(1, Math.min(known || 2, 6))) + 'e' + exponent[k]),
      exact: value ? value[k] : mantissa[k] + 'e' + exponent[k], status: status[k], method: method[k]}));
  }
  if (decoded.size > 300) decoded.clear();
  decoded.set(i, result);
  return result;
};

/// θ from 0 to 2π: the upper half and its mirror image.
const mirrored = (list, sign = 1) => [...list, ...Array.from(list).reverse().map((v) => sign * v)];

const originMark = (theme) => ({x: [0], y: [0], mode: 'markers', hoverinfo: 'skip',
  marker: {symbol: 'cross-thin-open', size: 12, color: theme.ink, line: {width: 2, color: theme.ink}}});
const disc = (radius, line, fill) => ({type: 'circle', xref: 'x', yref: 'y', x0: -radius, y0: -radius, x1: radius, y1: radius,
  line, fillcolor: fill, layer: 'below'});

tmm.symbolChart = (op, i) => tmm.chart({title: 'Symbol curve', file: op.label + '-symbol',
  about: `a(e^{iθ}) about the origin (+), with θ = 0 in green and θ = π in orange. It turns ${op.turns} about 0.`,
  rows: () => { const c = tmm.arrays(i).curve; return [['theta_over_pi', 're', 'im'], ...c.theta.map((t, k) => [t, c.re[k], c.im[k]])]; },
  figure: (theme) => {
    const {theta, re, im} = tmm.arrays(i).curve, x = mirrored(re), y = mirrored(im, -1);
    const angle = [...theta, ...[...theta].reverse().map((t) => 2 - t)];
    return {traces: [
      {x, y, mode: 'lines', line: {color: theme.blue, width: 1.1}, opacity: 0.85, customdata: angle,
        hovertemplate: 'θ = %{customdata:.4f} π<br>a ≈ %{x:.4g} %{y:+.4g} i<extra></extra>'},
      {x: [re[0], re[re.length - 1]], y: [0, 0], mode: 'markers', marker: {size: 8, color: [theme.green, theme.orange]},
        text: ['θ = 0', 'θ = π'], hovertemplate: '%{text}: a ≈ %{x:.4g}<extra></extra>'},
      originMark(theme)],
    layout: {xaxis: axis(theme, {title: 'Re a'}), yaxis: axis(theme, {title: 'Im a', scaleanchor: 'x'})}};
  }});

tmm.nearChart = (op, i) => tmm.chart({title: 'Near the origin', file: op.label + '-near-origin',
  about: op.margin > 0 ? `The shaded disc, |a| < ${op.texts.index_margin}, is proven free of the curve.`
    : 'No disc about 0 is proven free of the curve.',
  rows: () => { const c = tmm.arrays(i).near ?? {re: [], im: []}; return [['re', 'im'], ...Array.from(c.re, (x, k) => [x, c.im[k]])]; },
  figure: (theme) => {
    const near = tmm.arrays(i).near ?? {re: [], im: [], radius: 1}, x = Array.from(near.re), y = Array.from(near.im), r = near.radius;
    return {traces: [
      {x: [...x, NaN, ...x], y: [...y, NaN, ...y.map((v) => -v)], mode: 'lines', line: {color: theme.blue, width: 1.8},
        hovertemplate: 'a ≈ %{x:.3g} %{y:+.3g} i<extra></extra>'}, originMark(theme)],
    layout: {shapes: op.margin > 0 ? [disc(op.margin, {color: theme.green, width: 1.5, dash: 'dot'}, theme.green + '2e')] : [],
      xaxis: axis(theme, {title: 'Re a', range: [-r, r], constrain: 'domain', exponentformat: 'power', nticks: 6}),
      yaxis: axis(theme, {title: 'Im a', range: [-r, r], scaleanchor: 'x', constrain: 'domain', exponentformat: 'power', nticks: 6})}};
  }});

tmm.zerosChart = (op, i) => tmm.chart({title: 'Zeros of the symbol', file: op.label + '-zeros',
  about: 'Filled: inside the unit circle; open: outside; squares: too near the circle for this approximation to tell. '
    + 'The certified count does not use them.',
  rows: () => { const z = tmm.arrays(i).zeros; const more = z.together ? [['together'], (k) => [z.together[k]]] : [[], () => []];
    return [['re', 'im', 'radius', ...more[0]], ...Array.from(z.re, (x, k) => [x, z.im[k], z.radius[k], ...more[1](k)])]; },
  figure: (theme) => {
    const z = tmm.arrays(i).zeros, groups = {inside: [], outside: [], unclear: []};
    for (let k = 0; k < z.re.length; ++k) {
      const modulus = Math.hypot(z.re[k], z.im[k]);
      groups[Math.abs(modulus - 1) <= z.radius[k] ? 'unclear' : modulus < 1 ? 'inside' : 'outside'].push(k);
    }
    const trace = (name, marker) => {
      const list = groups[name].flatMap((k) => z.im[k] === 0 ? [[k, 1]] : [[k, 1], [k, -1]]);
      return {x: list.map(([k]) => z.re[k]), y: list.map(([k, s]) => s * z.im[k]), mode: 'markers', name, marker: {size: 6, ...marker},
        text: list.map(([k, s]) => `${name}<br>|z| ≈ ${Math.hypot(z.re[k], z.im[k]).toPrecision(7)}<br>z ≈ ${tmm.short(z.re[k], 6)} ${s * z.im[k] < 0 ? '−' : '+'} ${tmm.short(z.im[k], 6)} i<br>within ${z.radius[k].toPrecision(2)}${z.together?.[k] > 1 ? `<br>a cluster of ${z.together[k]}` : ''}`),
        hovertemplate: '%{text}<extra></extra>'};
    };
    const inner = z.re.map((x, k) => Math.hypot(x, z.im[k])), far = Math.min(1.6, Math.max(1.1, ...Array.from(inner).filter((v) => v < 1.6)) * 1.05);
    return {traces: [trace('outside', {color: theme.soft, symbol: 'circle-open', line: {width: 1}}), trace('inside', {color: theme.orange}),
      trace('unclear', {color: theme.purple, symbol: 'square-open', size: 8, line: {width: 1.5}})],
    layout: {shapes: [disc(1, {color: theme.ink, width: 1}, 'rgba(0,0,0,0)')], showlegend: true,
      xaxis: axis(theme, {title: 'Re z', range: [-far, far], constrain: 'domain'}), yaxis: axis(theme, {title: 'Im z', range: [-far, far], scaleanchor: 'x', constrain: 'domain'})}};
  }});

tmm.sigmaChart = (op, i, floors) => tmm.chart({title: 'Singular values', file: op.label + '-singular-values',
  about: 'Points: σ of T_n, descending. Grey line: quantiles of |a|, what they would be without boundary. Dotted: σ_max times a unit round-off. '
    + 'Triangles are upper bounds.',
  rows: () => [['i', 'value', 'status', 'method'], ...tmm.arrays(i).sigma.map((s, k) => [k + 1, s.exact, s.status, s.method])],
  figure: (theme) => {
    const {sigma, quantiles} = tmm.arrays(i), n = sigma.length, top = sigma[0].log10, window = top - 18;
    const of = (list, marker) => ({x: list.map(([, k]) => k + 1), y: list.map(([s]) => s.log10), mode: 'markers', marker,
      text: list.map(([s, k]) => `σ<sub>${k + 1}</sub> ${s.text}<br>${s.status}<br>${tmm.plain(s.method)}`), hovertemplate: '%{text}<extra></extra>'});
    const all = sigma.map((s, k) => [s, k]).filter(([s]) => isFinite(s.log10));
    const below = all.filter(([s]) => s.log10 < window), zero = n - all.length;
    const q = Array.from(quantiles, (v, k) => [n * (1 - k / (quantiles.length - 1)), Math.log10(v)]).filter(([, v]) => isFinite(v));
    const low = Math.max(window, Math.min(...all.map(([s]) => s.log10), top + floors[0][1] - 0.5));
    const last = below[below.length - 1];
    const lines = [below.length ? `▼ ${below.length} below this window, least σ<sub>${last[1] + 1}</sub> ${last[0].text}` : '', zero ? `${zero} exactly 0` : ''].filter(Boolean);
    return {traces: [
      {x: q.map(([x]) => x), y: q.map(([, y]) => y), mode: 'lines', line: {color: theme.grey, width: 2}, hovertemplate: '|a| quantile ≈ 10^%{y:.3f}<extra></extra>'},
      of(all.filter(([s]) => s.status !== 'below precision'), {size: 4, color: theme.blue}),
      of(all.filter(([s]) => s.status === 'below precision'), {size: 7, color: theme.orange, symbol: 'triangle-down-open'})],
    layout: {
      shapes: floors.map(([, y]) => ({type: 'line', xref: 'paper', x0: 0, x1: 1, y0: top + y, y1: top + y, line: {color: theme.soft, width: 1, dash: 'dot'}, layer: 'below'})),
      annotations: [...floors.map(([name, y]) => ({xref: 'paper', x: 0.01, xanchor: 'left', y: top + y, yanchor: 'bottom', text: name, showarrow: false, font: {size: 10, color: theme.soft}})),
        ...(lines.length ? [{xref: 'paper', yref: 'paper', x: 0.99, xanchor: 'right', y: 0.02, yanchor: 'bottom', text: lines.join('<br>'), showarrow: false, font: {size: 11, color: theme.orange}}] : [])],
      xaxis: axis(theme, {title: 'i', range: [0, n + 1]}), yaxis: axis(theme, {title: 'log₁₀ σ', range: [low - 0.5, top + 0.7]})}};
  }});

tmm.tapsChart = (op, i) => tmm.chart({title: 'Weights by lag', file: op.label + '-taps', about: 'w_k multiplies the input k steps ago.',
  rows: () => [['lag', 'weight'], ...Array.from(tmm.arrays(i).taps, (w, k) => [k, w])],
  figure: (theme) => {
    const y = Array.from(tmm.arrays(i).taps), x = y.map((_, k) => k);
    const look = y.length <= 512 ? {type: 'bar', marker: {color: theme.blue, line: {width: 0}}} : {mode: 'lines', line: {color: theme.blue, width: 1}};
    return {traces: [{x, y, ...look, hovertemplate: 'w<sub>%{x}</sub> = %{y:.6g}<extra></extra>'}],
      layout: {bargap: 0.15, xaxis: axis(theme, {title: 'lag k'}), yaxis: axis(theme, {title: 'w'})}};
  }});

tmm.matrixChart = (op, i) => tmm.chart({title: 'The matrix', file: op.label + '-matrix',
  about: op.n <= 256 ? 'T_n: output time downwards, input time to the right; colour is the cube root of the weight.'
    : 'T_n, output time downwards; every cell is the largest weight of its block of lags; colour is its cube root.',
  rows: () => [['lag', 'weight'], ...Array.from(tmm.arrays(i).taps, (w, k) => [k, w])],
  figure: (theme) => {
    const taps = tmm.arrays(i).taps, n = taps.length, block = Math.ceil(n / 256), m = Math.ceil(n / block);
    const lag = Array.from({length: m}, (_, d) => taps.slice(d * block, (d + 1) * block).reduce((a, w) => Math.abs(w) > Math.abs(a) ? w : a, 0));
    const row = (t, f) => Array.from({length: m}, (_, s) => s > t ? null : f(lag[t - s])), most = Math.cbrt(Math.max(...lag.map(Math.abs))) || 1;
    const z = lag.map((_, t) => row(t, Math.cbrt)), text = lag.map((_, t) => row(t, (w) => tmm.short(w)));
    const at = lag.map((_, t) => t * block);
    return {traces: [{type: 'heatmap', x: at, y: at, z, text, zmin: -most, zmax: most, showscale: false, hoverongaps: false,
      colorscale: [[0, theme.orange], [0.5, theme.panel], [1, theme.blue]], hovertemplate: 't = %{y}, s = %{x}<br>w = %{text}<extra></extra>'}],
    layout: {xaxis: axis(theme, {title: 's (input)', showgrid: false, zeroline: false, constrain: 'domain'}),
      yaxis: axis(theme, {title: 't (output)', autorange: 'reversed', scaleanchor: 'x', showgrid: false, zeroline: false, constrain: 'domain'})}};
  }});

/// Lines over training steps; dashes as well as colours tell them apart.
tmm.lines = (theme, x, series, words) => ({traces: series.map(([name, y], k) => ({x, y, name: tmm.plain(name), mode: x.length > 60 ? 'lines' : 'lines+markers', marker: {size: 5}, line: {width: 1.8, color: [theme.blue, theme.orange, theme.green, theme.purple, theme.grey][k % 5], dash: ['solid', 'dash', 'dot', 'dashdot'][Math.floor(k / 5) % 4]}, hovertemplate: `${tmm.plain(name)}<br>step %{x}: %{y:.6g}<extra></extra>`})),
  layout: {showlegend: true, xaxis: axis(theme, {title: 'step'}), yaxis: axis(theme, {title: words})}});
