// SPDX-License-Identifier: MIT
// What stands at the top of a page of operators, runs or a study, and at its end.
sections.push(['Glossary', true, glossary], ['Provenance', true, provenance]);
const heading = report ? report.models.map((m) => m.file.replace(/^.*\//, '')).join(', ') : comparison ? `${comparison.a.name} against ${comparison.b.name}` : (training ?? study).file;
document.title = 'tmm: ' + heading;
document.getElementById('title').textContent = heading;
document.getElementById('subtitle').textContent = report ? `${operators.length} Toeplitz operators${report.options.residual ? ', analysed as I + T' : ''}. Every number says how it is known: ● certified, ○ numerical, ◁ a bound, ? undecided.` : '';
