// SPDX-License-Identifier: MIT
const overview = (section) => {
  const headline = make('p', {class: 'headline', role: 'status'}), tiles = make('div', {class: 'tiles'}), bar = make('div', {class: 'bar', 'aria-hidden': 'true'}), models = make('div');
  const input = make('input', {type: 'number', id: 'threshold', min: '0', max: '1', step: '0.01', value: '0.1'}), saved = tmm.address().options.get('threshold');
  if (saved && Number(saved) >= 0 && Number(saved) <= 1) { threshold = Number(saved); input.value = saved; }
  const count = (list) => Object.fromEntries(verdicts.map(([v]) => [v, list.filter((op) => verdict(op, threshold) === v).length]));
  const update = () => {
    const counts = count(operators);
    const proven = counts.invertible + counts.nearly + counts.not, some = (k, one, many) => k === 0 ? 'none ' + one : k === 1 ? '1 ' + one : `${k} ${many}`;
    headline.textContent = proven === 0 ? 'No operator has a proven winding number.'
      : `${proven === 1 ? '1 operator has' : proven + ' operators have'} a proven winding number. On sequences without end, ${some(counts.invertible, 'is invertible', 'are invertible')}; `
        + `${some(counts.nearly, 'comes close', 'come close')} (N below ${threshold} of n − 1); ${some(counts.not, 'does not', 'do not')}.`;
    const about = {nearly: `0 < N/(n−1) < ${threshold}`, not: `N/(n−1) ≥ ${threshold}`};
    const used = verdicts.filter(([v], k) => k < 3 || counts[v]);
    tiles.replaceChildren(...used.map(([v, words, rule]) => make('div', {class: 'tile ' + v, 'data-verdict': v},
      make('b', {}, String(counts[v])), words, make('br'), make('span', {}, about[v] ?? rule))));
    bar.replaceChildren(...used.filter(([v]) => counts[v]).map(([v]) => { const i = make('i', {class: v}); i.style.flex = counts[v]; return i; }));
    models.replaceChildren(simpleTable(['file', 'operators', 'invertible', 'nearly', 'not', 'median N/(n−1)', 'architecture', 'sha256'],
      report.models.map((model, m) => {
        const c = count(operators.filter((op) => op.m === m));
        return [model.file, model.summary.operators, c.invertible, c.nearly, c.not, short(model.summary.median_winding_fraction), model.architecture, model.sha256.slice(0, 12)].map(String);
      })));
  };
  listeners.push(update);
  input.addEventListener('input', () => {
    const value = Number(input.value);
    if (!(value >= 0 && value <= 1) || input.value === '') return;
    threshold = value;
    listeners.forEach((listener) => listener());
    tmm.note({threshold: threshold === 0.1 ? '' : input.value});
  });
  section.append(headline, tiles, bar, make('p', {class: 'controls'}, make('label', {for: 'threshold'}, '“Nearly invertible” means 0 < N/(n−1) below'), input,
    make('span', {class: 'note'}, (tmm.data('half-inside').every(Boolean) ? 'Untrained weights give about 0.5. ' : '') + 'N is proven for every operator that is counted as invertible, nearly or not.')), models);
  for (const model of report.models) for (const text of model.warnings) section.append(make('p', {class: 'warning'}, model.file + ': ' + text));
  update();
};
sections.push(['Overview', report, overview]);
