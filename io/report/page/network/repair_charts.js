// SPDX-License-Identifier: MIT
// Charts of repaired layers: a place for every operator that was looked at.
const layers = network.layers, labels = layers.map((layer) => layer.layer), changed = layers.map((_, i) => i).filter((i) => texts.changed[i]);
const mostWritten = 12;  // more values than these do not fit above their marks
const layerAxis = (theme, names = labels) => axis(theme, {title: 'layer', type: 'category', categoryorder: 'array', categoryarray: names.map(plain), range: [-0.6, names.length - 0.4]});
const certifiedOf = (winding) => winding.status === 'certified' ? winding.value : null;

const windingChart = () => tabled({title: 'Zeros inside the circle, before and after', file: 'winding-numbers',
  about: 'N, certified, of the taps as stored: open circles before, filled diamonds after. What is not certified is in the table alone.',
  rows: () => [['layer', 'winding_number_before', 'status_before', 'winding_number_after', 'status_after', 'name'], ...layers.map((l) =>
    [l.layer, certifiedOf(l.winding_number_before), l.winding_number_before.status, certifiedOf(l.winding_number_after), l.winding_number_after.status, l.name])],
  figure: (theme) => {
    const x = labels.map(plain), of = (key) => layers.map((l) => certifiedOf(l[key])), before = of('winding_number_before'), after = of('winding_number_after');
    const written = (y, places) => ({mode: layers.length > mostWritten ? 'markers' : 'markers+text', text: y.map((v) => v === null ? '' : String(v)), textposition: places, textfont: {size: 11, color: theme.soft}, cliponaxis: false});
    const top = Math.max(1, ...before, ...after);  // with room for the numbers above and below
    const higher = before.map((v, i) => v !== null && (after[i] === null || v >= after[i]));
    return {traces: [{x: x.flatMap((l) => [l, l, null]), y: before.flatMap((v, i) => [v, after[i], null]), mode: 'lines', line: {width: 2, color: theme.grey}, hoverinfo: 'skip', showlegend: false},
      {x, y: before, name: 'before', ...written(before, higher.map((up) => up ? 'top center' : 'bottom center')), marker: {size: 10, color: theme.blue, symbol: 'circle-open', line: {width: 2}}, hovertemplate: 'layer %{x}<br>N before: %{y}<extra></extra>'},
      {x, y: after, name: 'after', ...written(after.map((v, i) => v === before[i] ? null : v), higher.map((up) => up ? 'bottom center' : 'top center')), marker: {size: 9, color: theme.green, symbol: 'diamond'}, hovertemplate: 'layer %{x}<br>N after: %{y}<extra></extra>'}],
    layout: {showlegend: true, xaxis: layerAxis(theme), yaxis: axis(theme, {title: 'N', range: [-0.13 * top, 1.15 * top], ...(top < 6 ? {dtick: 1} : {})})}};
  }});

const changeChart = () => tabled({title: 'Change of the taps', file: 'change-of-taps', about: '2-norm of the difference over that of the taps, of the operators that were changed.',
  rows: () => [['layer', 'relative_change'], ...changed.map((i) => [labels[i], layers[i].relative_change])],
  figure: (theme) => {
    const y = changed.map((i) => layers[i].relative_change);
    return {traces: [{type: 'bar', x: changed.map((i) => plain(labels[i])), y, marker: {color: theme.blue}, ...(y.length > mostWritten ? {} : {text: y.map((v) => short(v, 3)), textposition: 'outside', textfont: {size: 11, color: theme.soft}, cliponaxis: false}),
      hovertemplate: 'layer %{x}: %{y:.6g}<extra></extra>'}],
    layout: {xaxis: layerAxis(theme), yaxis: axis(theme, {title: '‖Δw‖₂ / ‖w‖₂', rangemode: 'tozero'})}};
  }});

const errorKinds = [['modulus_error', 'error of |a|, as stored', 'blue', 'circle'], ['modulus_error_before_rounding', 'before rounding to the stored type', 'green', 'square-open'], ['truncated', 'truncated: beyond the n taps', 'purple', 'diamond-open']];
const errorChart = () => {
  const zeros = errorKinds.some(([key]) => changed.some((i) => layers[i][key] === 0));
  return tabled({title: 'How exactly |a| is kept', file: 'modulus-errors', about: 'Largest difference of |a| on a grid of the circle over max |a|, and what the new symbol had beyond its n taps. Triangles: a bound of what rounding to the stored type does.' + (zeros ? ' Exact zeros have no place on this axis.' : ''),
    rows: () => [['layer', 'modulus_error', 'modulus_error_before_rounding', 'rounding_upper_bound', 'truncated'], ...changed.map((i) => [labels[i], ...['modulus_error', 'modulus_error_before_rounding', 'rounding', 'truncated'].map((key) => layers[i][key])])],
    figure: (theme) => {
      const of = (key) => { const some = changed.filter((i) => layers[i][key] > 0); return {x: some.map((i) => plain(labels[i])), y: some.map((i) => layers[i][key])}; };
      return {traces: [...errorKinds.map(([key, name, color, symbol]) => ({...of(key), name, mode: 'markers', marker: {size: 8, color: theme[color], symbol, line: {width: 1.5}}, hovertemplate: `layer %{x}<br>${name}: %{y:.3g}<extra></extra>`})),
        {...of('rounding'), name: 'bound of rounding', mode: 'markers', marker: boundMark(theme), hovertemplate: 'layer %{x}<br>rounding: ≤ %{y:.3g}<extra></extra>'}],
      layout: {showlegend: true, xaxis: layerAxis(theme), yaxis: logAxis(theme, 'over max |a|', changed.flatMap((i) => errorKinds.map(([key]) => layers[i][key]).filter((v) => v > 0)))}};
    }});
};

/// Losses of the network with each layer repaired alone, and with all of them.
const effectName = (effect) => effect.repaired ?? 'all';
const lossRows = () => [['repaired', 'loss', 'change', 'standard_error_of_change', 'loss_before'], ...network.effects.loss_after.map((e) => [effectName(e), e.loss, e.difference, e.standard_error, network.effects.loss_before])];
/// A mark for each effect, its standard error, and above that what the table says in column `column`.
const dots = (theme, list, key, column) => {
  const x = list.map((e) => plain(effectName(e))), y = list.map((e) => e[key]), error = list.map((e) => e.standard_error ?? 0);
  const text = list.map((e) => minus(texts.effects.rows[network.effects.loss_after.indexOf(e)][column]));
  return [{x, y, mode: 'markers', error_y: {type: 'data', array: error, color: theme.blue, thickness: 1.5, width: 4}, marker: {size: 9, color: theme.blue, symbol: list.map((e) => e.repaired === null ? 'diamond' : 'circle')},
    customdata: list.map((e) => [short(e.loss, 6), short(e.difference, 4)]), hovertemplate: '%{x}<br>loss %{customdata[0]}, change %{customdata[1]}<extra></extra>'},
  ...(list.length > mostWritten ? [] : [{x, y: y.map((v, i) => v + error[i]), text, mode: 'text', textposition: 'top center', textfont: {size: 11, color: theme.soft}, cliponaxis: false, hoverinfo: 'skip'}])];
};
const finite = () => network.effects.loss_after.filter((e) => e.loss !== null && e.difference !== null);

const lossChart = () => {
  const {loss_before: before} = network.effects;
  return tabled({title: 'Loss with layers repaired', file: 'loss', about: `Circles: that layer alone repaired; diamond: all of them. Bars: standard error of the change. Dotted: the network as stored${before === null ? '' : ', ' + texts.effects.before}.`, rows: lossRows,
    figure: (theme) => {
      const list = finite(), names = list.map(effectName), stored = before === null ? [] : [{x: names.map(plain), y: names.map(() => before), mode: 'lines', line: {color: theme.soft, width: 1.5, dash: 'dot'}, hovertemplate: 'as stored: %{y:.6g}<extra></extra>'}];
      return {traces: [...stored, ...dots(theme, list, 'loss', 0)],
        layout: {xaxis: {...layerAxis(theme, names), title: {text: 'repaired', font: {size: 12, color: theme.soft}, standoff: 8}}, yaxis: axis(theme, {title: 'nats a token'})}};
    }});
};

const alone = () => finite().filter((e) => e.repaired !== null);
const lossChangeChart = () => tabled({title: 'Change of the loss, each layer alone', file: 'loss-change', about: 'Loss with that layer alone repaired minus the loss as stored. Bars: standard error, from the differences sequence by sequence.', rows: lossRows,
  figure: (theme) => {
    const list = alone();
    return {traces: dots(theme, list, 'difference', 1),
      layout: {xaxis: layerAxis(theme, list.map(effectName)), yaxis: axis(theme, {title: 'nats a token', zeroline: true})}};
  }});
