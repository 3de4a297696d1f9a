// SPDX-License-Identifier: MIT
/// How many there are, with a comma where readers want one.
const many = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
/// How many operators are what, for a threshold of N/(n−1) that can be changed. count(): operators by verdict, for each model;
/// sizes: operators of each model; medians: its median N/(n−1), as text.
const verdictOverview = (section, count, sizes, medians) => {
  const headline = make('p', {class: 'headline', role: 'status'}), tiles = make('div', {class: 'tiles'}), bar = make('div', {class: 'bar', 'aria-hidden': 'true'}), models = make('div');
  const input = make('input', {type: 'number', id: 'threshold', min: '0', max: '1', step: '0.01', value: '0.1'}), saved = tmm.address().options.get('threshold');
  if (saved && Number(saved) >= 0 && Number(saved) <= 1) { threshold = Number(saved); input.value = saved; }
  const update = () => {
    const ofModel = count(), counts = Object.fromEntries(verdicts.map(([v]) => [v, ofModel.reduce((sum, c) => sum + c[v], 0)]));
    const proven = counts.invertible + counts.nearly + counts.not, some = (k, one, several) => k === 0 ? 'none ' + one : k === 1 ? '1 ' + one : `${many(k)} ${several}`;
    headline.textContent = proven === 0 ? 'No operator has a proven winding number.'
      : `${proven === 1 ? '1 operator has' : many(proven) + ' operators have'} a proven winding number. On sequences without end, ${some(counts.invertible, 'is invertible', 'are invertible')}; `
        + `${some(counts.nearly, 'comes close', 'come close')} (N below ${threshold} of n − 1); ${some(counts.not, 'does not', 'do not')}.`;
    const about = {nearly: `0 < N/(n−1) < ${threshold}`, not: `N/(n−1) ≥ ${threshold}`}, used = verdicts.filter(([v], k) => k < 3 || counts[v]);
    tiles.replaceChildren(...used.map(([v, words, rule]) => make('div', {class: 'tile ' + v, 'data-verdict': v},
      make('b', {}, many(counts[v])), words, make('br'), make('span', {}, about[v] ?? rule))));
    bar.replaceChildren(...used.filter(([v]) => counts[v]).map(([v]) => { const i = make('i', {class: v}); i.style.flex = counts[v]; return i; }));
    models.replaceChildren(simpleTable(['file', 'operators', 'invertible', 'nearly', 'not', 'median N/(n−1)', 'architecture', 'sha256'],
      report.models.map((model, m) => [model.file, many(sizes[m]), ...['invertible', 'nearly', 'not'].map((v) => many(ofModel[m][v])), medians[m], model.architecture, model.sha256.slice(0, 12)])));
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
