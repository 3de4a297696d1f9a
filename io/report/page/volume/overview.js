// SPDX-License-Identifier: MIT
const volumeOverview = (section) => {
  document.getElementById('subtitle').textContent = `${many(rowCount)} Toeplitz operators${report.options.residual ? ', analysed as I + T' : ''}, ${operators.length} of them with a card. Every number says how it is known: ● certified, ○ numerical, ◁ a bound, ? undecided.`;
  const fraction = column('winding_fraction');
  const median = (m) => {
    const sorted = fraction ? sortedRows(fraction).filter((i) => rowModel[i] === m).map((i) => fraction.numbers[i]) : [], half = sorted.length >> 1;
    return sorted.length ? short(sorted.length % 2 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2) : '–';
  };
  const count = () => {
    const ofModel = report.models.map(() => Object.fromEntries(verdicts.map(([v]) => [v, 0])));
    for (let i = 0; i < rowCount; ++i) ++ofModel[rowModel[i]][verdictOfRow(i, threshold)];
    return ofModel;
  };
  verdictOverview(section, count, volume.models.map((model) => model.operators), report.models.map((_, m) => median(m)));
  if (volume.counts.warned) section.append(make('p', {class: 'warning'}, `${many(volume.counts.warned)} of the operators ${volume.counts.warned === 1 ? 'has a warning: it stands on its card' : 'have warnings: those of the first ' + Math.min(volume.counts.warned, volume.counts.most_of_a_kind) + ' by name stand on their cards'}.`));
};
sections.push(['Overview', report, volumeOverview]);
