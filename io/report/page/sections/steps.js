// SPDX-License-Identifier: MIT
/// Symbol curve and zeros of one operator along a trajectory, on scales that all its steps share.
/// The steps of operator j of trajectory k, {step, status, number, margin, symbol, far, zeros}; a symbol is made when first asked for.
const stepsOf = (k, j) => tmm.data(`steps-${k}-${j}`).map(({taps, zeros, ...at}) => {
  let symbol = null;
  return {...at, zeros: zeros && {...zeros, re: tmm.unpack(zeros.re, Float32Array), im: tmm.unpack(zeros.im, Float32Array)},
    get symbol() { return symbol ??= new tmm.Symbol(tmm.unpack(taps.data, taps.type === 'f4' ? Float32Array : Float64Array)); },
    get far() { return this.symbol.far * this.symbol.unit; }};
});

const numberAt = (at) => at.number === null ? at.status === 'not Fredholm' ? 'Not Fredholm' : 'N not proven' : 'N = ' + minus(at.number);
const marginAt = (at) => at.margin > 0 ? tmm.pretty(tmm.bound(at.margin, 'lower', 3)) : '';

/// The polygon that stands for the curve at a step: as far from it as half a pixel, clear of the proven disc.
const lineAt = (at, far, window = null) => {
  const whole = halfPixel(2 * far), tolerance = window ? Math.min(whole, halfPixel(Math.max(window.x1 - window.x0, window.y1 - window.y0))) : whole;
  return tmm.closedCurve(at.symbol.polygon({tolerance, outside: whole, window, clear: at.margin ?? 0}));
};

/// Index and sign of the imaginary part of every zero whose place in the list is in [from, to).
const zerosIn = (z, from, to) => Array.from({length: to - from}, (_, k) => from + k).flatMap((k) => z.im[k] === 0 ? [[k, 1]] : [[k, 1], [k, -1]]);
const sidesOf = (z) => [['outside', z.inside, z.inside + z.outside], ['inside', 0, z.inside], ['too near to tell', z.inside + z.outside, z.re.length]];

const square = (theme, side, letter) => ({xaxis: axis(theme, {title: 'Re ' + letter, range: [-side, side], constrain: 'domain'}),
  yaxis: axis(theme, {title: 'Im ' + letter, range: [-side, side], scaleanchor: 'x', constrain: 'domain'})});
const placeOf = (label, {step}) => `layer ${label}, step ${step}`;

/// The chart of the curve at the step that `view` is at: {at() → a step, label(), far(), reach()}.
const curveAt = ({at, label, far}) => ({
  get title() { return 'Symbol curve, ' + placeOf(label(), at()); },
  get file() { return `${label()}-step-${at().step}-symbol`; },
  get about() { return `${numberAt(at())}. a(eⁱᶿ) about the origin (+), with θ = 0 in green and θ = π in orange; ${at().margin > 0 ? `the disc |a| < ${marginAt(at())} is proven free of it` : 'no disc about 0 is proven free of it'}.`; },
  rows: () => { const c = lineAt(at(), far()); return [['step', 'layer', 'theta_over_pi', 're', 'im'], ...c.theta.map((t, q) => [at().step, label(), t / Math.PI, c.re[q], c.im[q]])]; },
  closer: (window) => { const {theta, re, im} = lineAt(at(), far(), window); return {x: [re], y: [im], customdata: [theta.map((t) => t / Math.PI)]}; },
  figure: (theme) => {
    const {theta, re, im} = lineAt(at(), far()), middle = (re.length - 1) / 2;
    return {traces: [{x: re, y: im, mode: 'lines', line: {color: theme.blue, width: 1.1, simplify: false}, opacity: 0.85, customdata: theta.map((t) => t / Math.PI), hovertemplate: 'θ = %{customdata:.4f} π<br>a ≈ %{x:.4g} %{y:+.4g} i<extra></extra>'},
      {x: [re[0], re[middle]], y: [0, 0], mode: 'markers', marker: {size: 8, color: [theme.green, theme.orange]}, text: ['θ = 0', 'θ = π'], hovertemplate: '%{text}: a ≈ %{x:.4g}<extra></extra>'}, originMark(theme)],
    layout: {...square(theme, far(), 'a'), shapes: at().margin > 0 ? [disc(at().margin, {color: theme.green, width: 1.5, dash: 'dot'}, theme.green + '2e')] : []}};
  }});

/// That of its zeros.
const zerosAt = ({at, label, reach}) => {
  const beyond = () => { const z = at().zeros, side = reach(); return zerosIn(z, 0, z.re.length).filter(([q]) => Math.max(Math.abs(z.re[q]), Math.abs(z.im[q])) > side).length; };
  return {
    get title() { return 'Zeros of the symbol, ' + placeOf(label(), at()); },
    get file() { return `${label()}-step-${at().step}-zeros`; },
    get about() {
      return at().zeros ? `Filled: inside the unit circle; open: outside; squares: too near the circle for this approximation to tell. Places to single precision.${beyond() ? ` ${beyond()} beyond the frame.` : ''}`
        : 'Not computed for symbols of this length.';
    },
    rows: () => [['step', 'layer', 're', 'im', 'where'], ...(at().zeros ? sidesOf(at().zeros).flatMap(([where, from, to]) => zerosIn(at().zeros, from, to).map(([q, sign]) => [at().step, label(), at().zeros.re[q], sign * at().zeros.im[q], where])) : [])],
    figure: (theme) => {
      const z = at().zeros, side = reach(), marker = [{color: theme.soft, symbol: 'circle-open', line: {width: 1}}, {color: theme.orange}, {color: theme.purple, symbol: 'square-open', size: 8, line: {width: 1.5}}];
      return {traces: (z ? sidesOf(z) : []).map(([where, from, to], m) => { const points = zerosIn(z, from, to); return {x: points.map(([q]) => z.re[q]), y: points.map(([q, sign]) => sign * z.im[q]), mode: 'markers', name: where, marker: {size: 5, ...marker[m]}, hovertemplate: `${where}<br>z ≈ %{x:.4f} %{y:+.4f} i<extra></extra>`}; }),
        layout: {...square(theme, side, 'z'), showlegend: true, shapes: [disc(1, {color: theme.ink, width: 1}, 'rgba(0,0,0,0)')]}};
    }};
};

/// What is shown of trajectory k: words, controls and two charts; nothing if the page has no steps of it. What only they need of style
/// is theirs, so that no other page carries it.
tmm.stepSlider = (k, name) => {
  const about = tmm.data('steps-' + k);
  if (!about) return [];
  const decoded = new Map(), state = {j: 0, i: 0};
  const list = () => { if (!decoded.has(state.j)) { decoded.clear(); decoded.set(state.j, stepsOf(k, state.j)); } return decoded.get(state.j); };
  const at = () => list()[state.i], label = () => about.operators[state.j], far = () => 1.06 * Math.max(...list().map((s) => s.far)) || 1;
  const reach = () => Math.min(1.6, 1.05 * Math.max(1.1, ...list().flatMap(({zeros: z}) => z ? Array.from(z.re, (x, q) => Math.hypot(x, z.im[q])).filter((v) => v < 1.5) : [])));
  const view = {at, label, far, reach}, figures = [curveAt(view), zerosAt(view)].map((spec) => [chart(spec), spec]);
  const id = (part) => `steps-${part}-of-${k}`, frame = make('div', {class: 'charts', style: 'margin-top: 0'}), said = make('output', {id: id('said'), for: id('step'), style: 'flex: 1 0 16rem; font-variant-numeric: tabular-nums'});
  const choice = make('select', {id: id('layer')}, ...about.operators.map((text, j) => make('option', {value: String(j)}, text)));
  const slider = make('input', {id: id('step'), type: 'range', min: '0', step: '1', style: 'width: min(22rem, 55vw); padding: 0; min-height: 1.6rem; vertical-align: middle; accent-color: var(--blue)'});
  const controls = make('div', {class: 'controls steps'}, make('label', {for: id('layer')}, 'Layer ', choice), make('label', {for: id('step')}, 'Step ', slider), said);
  /// New words; what is drawn moves, keeping the reader's zoom.
  const show = () => {
    slider.max = String(list().length - 1);
    slider.value = String(state.i);
    const words = `step ${at().step}, ${numberAt(at())}${at().margin > 0 ? ', margin ≥ ' + marginAt(at()) : ''}`;
    slider.setAttribute('aria-valuetext', words);
    said.textContent = words;
    for (const [figure, spec] of figures) {
      const plot = figure.querySelector('.plot');
      figure.querySelector('b').textContent = spec.title;
      figure.querySelector('.about').textContent = spec.about;
      plot.setAttribute('aria-label', `${spec.title}. ${spec.about}`);
      if (!drawn.has(plot)) continue;
      const theme = tmm.theme(), {traces, layout} = spec.figure(theme), seen = tmm.viewOf(plot);
      if (seen) Object.assign(layout, {xaxis: {...layout.xaxis, range: seen.x}, yaxis: {...layout.yaxis, range: seen.y}});
      Plotly.react(plot, traces, tmm.layout(theme, layout)).then(() => { if (seen && spec.closer) lookCloser(plot); });
    }
  };
  state.i = list().length - 1;
  frame.append(...figures.map(([figure]) => figure));
  choice.addEventListener('change', () => {
    const step = at().step;
    state.j = Number(choice.value);
    state.i = Math.max(0, list().findIndex((s) => s.step === step));
    for (const [figure] of figures) { const plot = figure.querySelector('.plot'); if (drawn.has(plot)) { takeDown(plot); if (visible.has(plot)) draw(plot); } }
    show();
  });
  slider.addEventListener('input', () => { state.i = Number(slider.value); show(); });
  // Paper has no slider: it gets the last step.
  let before = null;
  addEventListener('beforeprint', () => { before ??= state.i; state.i = list().length - 1; show(); }, true);
  addEventListener('afterprint', () => { if (before !== null) { state.i = before; before = null; show(); } }, true);
  show();
  return [training ? '' : make('h3', {style: 'margin-top: 1.4rem'}, 'Curve and zeros by step'), make('p', {class: 'note'}, `${name}. ${about.steps.length === about.recorded ? 'All recorded steps' : `${about.steps.length} of ${about.recorded} recorded steps`}: ${about.steps.join(', ')}. The axes are those of all these steps of a layer.`
    + (about.left_out ? ` ${about.left_out} more operators would make the page too large.` : '')), controls, frame];
};
if (training) sections.push(['Curve and zeros by step', tmm.data('steps-0'), (section) => section.append(...tmm.stepSlider(0, training.file))]);
