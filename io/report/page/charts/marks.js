// SPDX-License-Identifier: MIT
// What pictures of curves and zeros have in common.
const originMark = (theme) => ({x: [0], y: [0], mode: 'markers', hoverinfo: 'skip',
  marker: {symbol: 'cross-thin-open', size: 12, color: theme.ink, line: {width: 2, color: theme.ink}}});
const disc = (radius, line, fill) => ({type: 'circle', xref: 'x', yref: 'y', x0: -radius, y0: -radius, x1: radius, y1: radius,
  line, fillcolor: fill, layer: 'below'});

/// Half a pixel where a side of `width` is drawn 1000 pixels wide.
const halfPixel = (width) => width / 2000;
