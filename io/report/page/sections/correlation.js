// SPDX-License-Identifier: MIT
// Measures of models against what the models can do: a table and a scatter chart for every pair.
const correlations = tmm.data('correlations');

const correlationChart = (row) => {
  const k = correlations.measures.indexOf(row.measure), groups = [...new Set(correlations.models.map((m) => m.group))];
  const of = (group) => correlations.models.filter((m) => m.group === group && typeof m.measures[k] === 'number' && typeof m.outcomes[row.outcome] === 'number');
  return chart({title: `${row.outcome} against ${title(row.measure)}`, file: `correlation-${row.outcome}-${row.measure}`,
    about: row.rho === null ? `No rank correlation: ${row.method}.` : `ρ = ${short(row.rho, 3)}` + (row.lower === null ? '' : ` [${short(row.lower, 3)}, ${short(row.upper, 3)}]`) + `, p = ${short(row.p_value, 3)}, ${row.count} models`,
    rows: () => [['model', 'group', row.measure, row.outcome], ...groups.flatMap((g) => of(g).map((m) => [m.name, g, m.measures[k], m.outcomes[row.outcome]]))],
    figure: (theme) => {
      const {traces, layout} = lines(theme, [], groups.map((g) => [g || 'all', []]), row.outcome);
      traces.forEach((trace, i) => {
        const models = of(groups[i]);
        Object.assign(trace, {mode: 'markers', marker: {size: 8, color: trace.line.color, symbol: i}, x: models.map((m) => m.measures[k]), y: models.map((m) => m.outcomes[row.outcome]), text: models.map((m) => plain(m.name)), hovertemplate: '%{text}<br>%{x:.4g}: %{y:.4g}<extra></extra>'});
      });
      return {traces, layout: {...layout, xaxis: axis(theme, {title: title(row.measure)})}};
    }});
};

const correlationSection = (section) => {
  const number = (value) => value === null ? '–' : short(value, 3);
  section.append(make('p', {class: 'note'}, 'A measure of a model is its median over the operators. ρ: Spearman\'s rank correlation over models; p: two-sided, over all pairings up to nine models, else Student\'s t; interval: Fisher\'s z with the standard error of Bonett and Wright, none at |ρ| = 1; Holm: p adjusted for all rows.'),
    simpleTable(['outcome', 'measure', 'models', 'ρ', '95 % interval', 'p', 'Holm', 'method'], correlations.correlations.map((r) =>
      [r.outcome, title(r.measure), String(r.count), number(r.rho), r.lower === null ? '–' : `[${number(r.lower)}, ${number(r.upper)}]`, number(r.p_value), number(r.adjusted_p_value), r.method])),
    make('div', {class: 'charts'}, ...correlations.correlations.map(correlationChart)));
};
sections.push(['Measures against abilities', correlations, correlationSection]);
