// SPDX-License-Identifier: MIT
const overview = (section) => {
  const count = (list) => Object.fromEntries(verdicts.map(([v]) => [v, list.filter((op) => verdict(op, threshold) === v).length]));
  verdictOverview(section, () => report.models.map((_, m) => count(operators.filter((op) => op.m === m))),
    report.models.map((model) => model.summary.operators), report.models.map((model) => String(short(model.summary.median_winding_fraction))));
};
sections.push(['Overview', report, overview]);
