// SPDX-License-Identifier: MIT
const trainingSection = (section) => {
  const {columns, file} = training, step = columns.find(([name]) => name === 'step')[1], of = (test) => columns.filter(([name]) => test(name));
  section.append(make('p', {class: 'note'}, file));
  for (const text of training.remarks ?? []) section.append(make('p', {class: 'warning'}, text));
  const rows = () => [columns.map(([name]) => name), ...step.map((_, i) => columns.map(([, list]) => list[i]))];
  const groups = [['Loss', /loss/, 'nats a token'], ['Winding number', /^(index(?!_margin|_radius)|winding|N_)/, 'N'], ['Learning rate', /learning_rate|^lr$/, ''], ['Gradient norm', /grad/, ''], ['Speed', /tokens/, 'tokens/s'],
    ['Margin of the index, relative', /^index_margin/, 'min|a| / max|a|'], ['Radius of the index', /^index_radius/, ''], ['Jensen defect', /^jensen_defect/, ''], ['Largest singular value', /^sigma_max/, 'σₘₐₓ'],
    ['Smallest singular value', /^log10_sigma_min/, 'log₁₀ σₘᵢₙ'], ['Effective index at float32', /^effective_index/, ''], ['Stable rank', /^stable_rank/, '']];
  const measure = /^(index_margin_relative|index_radius|jensen_defect|sigma_max|log10_sigma_min|effective_index_float32|stable_rank)_/;
  const grid = make('div', {class: 'charts'});
  for (const [name, pattern, unit] of groups) {
    const chosen = of((c) => pattern.test(c)).map(([c, list]) => [c.replace(measure, ''), list.map((v) => typeof v === 'number' ? v : null)]);
    if (chosen.length) grid.append(chart({title: name + ' by step', file: 'training-' + name, about: '', rows, figure: (theme) => {
      const known = chosen.map(([c, list]) => [c, list, list.map((v, i) => v === null ? -1 : i).filter((i) => i >= 0)]);
      const figure = lines(theme, step, chosen, unit);
      figure.traces.forEach((trace, k) => { trace.x = known[k][2].map((i) => step[i]); trace.y = known[k][2].map((i) => known[k][1][i]); });
      return figure;
    }}));
  }
  section.append(grid);
};
sections.push(['Training', training, trainingSection]);
