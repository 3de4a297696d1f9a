// SPDX-License-Identifier: MIT
/// One measure against the block, chosen from a list; and how far freshly initialised layers go, where there is a null model.
const depth = (section) => {
  const numberOf = (op, id) => { const v = op.json.measures[id]?.value; return typeof v === 'number' ? v : null; };
  const ids = Object.keys(definitions).filter((id) => operators.some((op) => numberOf(op, id) !== null));
  const list = make('select', {id: 'depth-measure'}, ...ids.map((id) => make('option', {value: id}, title(id))));
  const what = make('p', {class: 'note', role: 'status'}), frame = make('div');
  list.value = ids.includes('winding_fraction') ? 'winding_fraction' : ids[0];
  const files = [...new Set(operators.map((op) => op.m))];
  const show = () => {
    const id = list.value;
    what.textContent = definitions[id];
    const points = operators.filter((op) => numberOf(op, id) !== null), nulls = points.filter((op) => typeof op.json.null_model[id]?.deviation === 'number');
    if (frame.firstChild) tmm.drop(frame.firstChild);
    frame.replaceChildren(chart({title: title(id) + ' by block', file: 'depth-' + id,
      about: 'A point is an operator, at the block that it is in; the heads of a block stand above one another.' + (nulls.length ? ' Bars: mean ± 2 standard deviations of freshly initialised layers.' : ''),
      rows: () => [['layer', 'block', 'head', id, 'null_mean', 'null_deviation'], ...points.map((op) => [op.label, op.json.block, op.json.head, numberOf(op, id), op.json.null_model[id]?.mean, op.json.null_model[id]?.deviation])],
      figure: (theme) => {
        const values = points.map((op) => numberOf(op, id)), many = Math.min(...values) > 0 && Math.max(...values) >= 1e3 * Math.min(...values);
        const band = nulls.length ? [{x: nulls.map((op) => op.json.block), y: nulls.map((op) => op.json.null_model[id].mean), mode: 'markers', name: 'freshly initialised', marker: {symbol: 'line-ew', size: 12, line: {width: 1.5, color: theme.grey}},
          error_y: {array: nulls.map((op) => 2 * op.json.null_model[id].deviation), color: theme.grey, thickness: 6, width: 0}, opacity: 0.5, hovertemplate: 'mean %{y:.4g}<extra>freshly initialised</extra>'}] : [];
        return {traces: [...band, ...files.map((m, k) => {
          const own = points.filter((op) => op.m === m), heads = own.some((op) => op.json.head !== null);
          return {x: own.map((op) => op.json.block), y: own.map((op) => numberOf(op, id)), mode: heads ? 'markers' : 'lines+markers', name: plain(report.models[m].file.replace(/^.*[/]/, '')),
            marker: {size: 7, color: [theme.blue, theme.orange, theme.green, theme.purple][k % 4], symbol: ['circle', 'square', 'diamond', 'cross'][k % 4]}, line: {width: 1, color: [theme.blue, theme.orange, theme.green, theme.purple][k % 4]},
            text: own.map((op) => `${plain(op.label)}<br>${plain(title(id))} ${plain(printed(op.texts[id]))}`), hovertemplate: '%{text}<extra></extra>'};
        })], layout: {showlegend: files.length > 1 || nulls.length > 0, xaxis: axis(theme, {title: 'block', tickformat: 'd', zeroline: false}),
          yaxis: axis(theme, {title: title(id), ...(many ? {type: 'log', exponentformat: 'power'} : {})})}};
      }}));
  };
  list.addEventListener('change', show);
  section.append(make('p', {class: 'controls'}, make('label', {for: 'depth-measure'}, 'Measure'), list), what, frame);
  show();
};
sections.push(['By depth', new Set(operators.map((op) => op.json.block)).size > 1, depth]);
