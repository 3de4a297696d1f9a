// SPDX-License-Identifier: MIT
// Loss against what it has cost: curves, means over the runs of a group, and tables.
const costs = tmm.data('costs');
const meanText = (m, unit = 1) => !m ? '–' : m.lower === null || m.upper === m.lower ? short(m.mean / unit) : `${short(m.mean / unit)} (${short(m.lower / unit, 3)} … ${short(m.upper / unit, 3)})`;
const known = (v) => typeof v === 'number';

/// The runs of a group at the steps that all of them have: the mean of what `x` takes from their points, losses with their range.
const costCurve = (group, x) => {
  const runs = group.runs.filter((r) => r.points.length), points = new Map();
  for (const run of runs) for (const p of run.points) if (known(p[1]) && known(p[x])) points.set(p[0], [...points.get(p[0]) ?? [], p]);
  return [...points].filter(([, list]) => list.length === runs.length).sort(([a], [b]) => a - b).map(([step, list]) => {
    const losses = list.map((p) => p[1]), mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
    return {step, runs: list.length, at: mean(list.map((p) => p[x])), mean: mean(losses), least: Math.min(...losses), most: Math.max(...losses)};
  });
};

const costChart = (part, file, words, x, unit, scale) => {
  const curves = part.groups.map((g) => [g.name, costCurve(g, x)]);
  return chart({title: 'Loss against ' + words, file, about: 'Means over the runs of a group; bands from the least to the largest.',
    rows: () => [['group', 'step', 'runs', unit, 'mean_loss', 'least_loss', 'largest_loss'], ...curves.flatMap(([name, list]) => list.map((p) => [name, p.step, p.runs, p.at, p.mean, p.least, p.most]))],
    figure: (theme) => {
      const {traces, layout} = lines(theme, [], curves.map(([name]) => [name, []]), 'nats a token');
      const bands = traces.flatMap((trace, k) => {
        const list = curves[k][1], edge = {mode: 'lines', line: {width: 0}, hoverinfo: 'skip', showlegend: false}, places = list.map((p) => p.at / scale);
        Object.assign(trace, {x: places, y: list.map((p) => p.mean), mode: list.length > 60 ? 'lines' : 'lines+markers', text: list.map((p) => `step ${p.step}, ${p.runs} runs<br>${short(p.at / scale)} ${unit}: ${short(p.mean)} (${short(p.least)} … ${short(p.most)})`), hovertemplate: `${plain(curves[k][0])}<br>%{text}<extra></extra>`});
        return [{...edge, x: places, y: list.map((p) => p.least)}, {...edge, x: places, y: list.map((p) => p.most), fill: 'tonexty', fillcolor: trace.line.color + '22'}];
      });
      return {traces: [...bands, ...traces], layout: {...layout, xaxis: axis(theme, {title: unit, exponentformat: 'power'})}};
    }});
};

const memoryChart = (part, file) => {
  const ends = part.groups.map((g) => [g.name, g.runs.filter((r) => known(r.points.at(-1)?.[4])).map((r) => [r.name, r.points.at(-1)])]);
  return chart({title: 'Loss at the end against peak memory', file, about: 'A point for every run: the most memory of its process, libraries and data included.',
    rows: () => [['group', 'run', 'peak_bytes', 'loss'], ...ends.flatMap(([name, list]) => list.map(([run, p]) => [name, run, p[4], p[1]]))],
    figure: (theme) => {
      const {traces, layout} = lines(theme, [], ends.map(([name]) => [name, []]), 'nats a token');
      traces.forEach((trace, k) => Object.assign(trace, {mode: 'markers', marker: {size: 8, color: trace.line.color, symbol: k}, x: ends[k][1].map(([, p]) => p[4] / 2 ** 20), y: ends[k][1].map(([, p]) => p[1]), text: ends[k][1].map(([run]) => plain(run)), hovertemplate: '%{text}<br>%{x:.4g} MiB: %{y:.4g}<extra></extra>'}));
      return {traces, layout: {...layout, xaxis: axis(theme, {title: 'MiB'})}};
    }});
};

const costSection = (section) => {
  for (const text of costs.remarks) section.append(make('p', {class: 'warning'}, text));
  section.append(make('p', {class: 'note'}, 'Means over runs with 95 % intervals (Student\'s t). Operations are the floating-point operations of training steps: of matrices and products over time alone. At a budget: every run\'s losses, linear between the steps where they were measured, at the largest cost that all runs of the table reach.'));
  for (const [k, part] of costs.parts.entries()) {
    const at = (budget, unit) => budget === null ? 'loss at equal ' + unit + ' (not known)' : `loss at ${short(budget, 3)} ${unit}`;
    const sizes = (g) => { const all = [...new Set(g.runs.map((r) => r.parameters))].sort((a, b) => a - b); return all.length > 1 ? `${all[0]} … ${all.at(-1)}` : String(all[0] ?? '–'); };
    section.append(make('h3', {}, part.name || 'All runs'),
      simpleTable(['group', 'runs', 'parameters', 'operations', 'seconds', 'peak MiB', 'loss at the end', at(part.flops_budget, 'operations'), at(part.seconds_budget, 'seconds')], part.groups.map((g) =>
        [g.name || 'all', String(g.runs.filter((r) => r.points.length).length), sizes(g), short(g.flops?.mean), meanText(g.seconds), meanText(g.peak_bytes, 2 ** 20), meanText(g.loss), meanText(g.loss_at_flops), meanText(g.loss_at_seconds)])));
    if (part.groups.length > 1) section.append(make('p', {class: 'note'}, part.equal_parameters.length
      ? `Equal parameters within ${short(100 * part.parameter_tolerance)} %: ${part.equal_parameters.map((set) => set.map((i) => part.groups[i].name).join(', ')).join('; ')}.`
      : `No two groups have equal parameters within ${short(100 * part.parameter_tolerance)} %.`));
    section.append(make('div', {class: 'charts'}, costChart(part, `cost-operations-${k}`, 'floating-point operations', 2, 'operations', 1),
      costChart(part, `cost-seconds-${k}`, 'training time', 3, 'seconds', 1), memoryChart(part, `cost-memory-${k}`)));
  }
};
sections.push(['Loss against cost', costs, costSection]);
