// SPDX-License-Identifier: MIT
// Top and end of a page about a whole network; `page` is what its kind says of it.
sections.push(['Glossary', true, (section) => section.append(make('dl', {}, ...page.terms.flatMap(([term, words]) => [make('dt', {}, term), make('dd', {}, words)])), legend())],
  ['Provenance', true, (section) => section.append(factsTable([['program', tmm.origin().program], ['file', network.file], ['sha256', network.sha256], ...page.provenance]))]);
const heading = network.file.replace(/^.*\//, '') || 'network in memory';
document.title = `tmm: ${page.kind} of ${heading}`;
document.getElementById('title').textContent = heading;
document.getElementById('subtitle').textContent = page.subtitle + ' Every number says how it is known: ● certified, ○ numerical, ◁ a bound, ? undecided.';
