// SPDX-License-Identifier: MIT
// Looking closer at a chart: a drag with the mouse, two fingers on a touch screen. One finger scrolls the page.
const starts = new WeakMap();
const axes = (plot) => ['xaxis', 'yaxis', 'yaxis2'].filter((name) => plot._fullLayout?.[name] && !plot._fullLayout[name].fixedrange)
  .map((name) => [name, plot._fullLayout[name]]);

const showReset = (plot, shown) => { plot.parentElement.querySelector('.reset').hidden = !shown; };

/// Remembers the view of a chart that was just drawn and offers the way back once it is another.
tmm.watchZoom = (plot) => {
  const start = new Map(axes(plot).map(([name, axis]) => [name, {range: [...axis.range], autorange: axis.autorange}]));
  starts.set(plot, start);
  showReset(plot, false);
  plot.on('plotly_relayout', (change) => {
    const near = (a, b, span) => Math.abs(a - b) <= 1e-3 * Math.abs(span);
    const moved = Object.keys(change).some((key) => /axis\d*\.range/.test(key)) && axes(plot).some(([name, axis]) => {
      const [low, high] = start.get(name).range;
      return !near(axis.range[0], low, high - low) || !near(axis.range[1], high, high - low);
    });
    if (moved) showReset(plot, true);
    else if (Object.keys(change).some((key) => /axis\d*\.(range|autorange)/.test(key))) showReset(plot, false);
  });
};

/// What is in sight of a chart that was zoomed; undefined if it is whole.
tmm.viewOf = (plot) => plot.parentElement.querySelector('.reset').hidden ? undefined
  : {x: [...plot._fullLayout.xaxis.range], y: [...plot._fullLayout.yaxis.range]};

tmm.resetZoom = (plot) => {
  const change = {};
  for (const [name, {range, autorange}] of starts.get(plot) ?? []) Object.assign(change, autorange ? {[name + '.autorange']: autorange} : {[name + '.range']: [...range]});
  return Plotly.relayout(plot, change).then(() => showReset(plot, false));
};

/// Touches do not reach the chart library, which would take a swipe for a drag; a tap reaches it as a click of a mouse does.
tmm.touch = (plot) => {
  let pinch = null, wanted = null;
  const two = (event) => {
    const box = plot.getBoundingClientRect(), [a, b] = [...event.touches].map((t) => [t.clientX - box.left, t.clientY - box.top]);
    return {x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, apart: Math.max(10, Math.hypot(a[0] - b[0], a[1] - b[1]))};
  };
  const begin = (event) => {
    event.stopPropagation();
    if (event.touches.length !== 2 || !plot._fullLayout) { pinch = null; return; }
    event.preventDefault();
    pinch = {from: two(event), axes: axes(plot).map(([name, axis]) => [name, axis, [...axis.range]])};
  };
  const move = (event) => {
    event.stopPropagation();
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    const now = two(event), scale = now.apart / pinch.from.apart, change = {};
    for (const [name, axis, [low, high]] of pinch.axes) {
      const part = (at) => name === 'xaxis' ? (at.x - axis._offset) / axis._length : 1 - (at.y - axis._offset) / axis._length;
      const span = (high - low) / scale, bottom = low + part(pinch.from) * (high - low) - part(now) * span;
      change[name + '.range'] = [bottom, bottom + span];
    }
    if (wanted === null) requestAnimationFrame(() => { const next = wanted; wanted = null; Plotly.relayout(plot, next); });
    wanted = change;
  };
  const end = (event) => { event.stopPropagation(); if (event.touches.length < 2) pinch = null; };
  for (const [name, act] of [['touchstart', begin], ['touchmove', move], ['touchend', end], ['touchcancel', end]])
    plot.addEventListener(name, act, {capture: true, passive: false});
};
