// SPDX-License-Identifier: MIT
// The page: sections in their order; those without data do not appear.
sections.push(['Glossary', true, glossary], ['Provenance', true, provenance]);
const heading = report ? report.models.map((m) => m.file.replace(/^.*\//, '')).join(', ') : comparison ? `${comparison.a.name} against ${comparison.b.name}` : (training ?? study).file;
document.title = 'tmm: ' + heading;
document.getElementById('title').textContent = heading;
document.getElementById('subtitle').textContent = report ? `${operators.length} Toeplitz operators${report.options.residual ? ', analysed as I + T' : ''}. Every number says how it is known: ● certified, ○ numerical, ◁ a bound, ? undecided.` : '';
document.querySelector('.top').append(tmm.figureMenu());
if (operators.length > 1) document.querySelector('.stay').append(tmm.jumpBox(operators));
for (const [name, present, build] of sections) {
  if (!present) continue;
  const id = name.toLowerCase().replace(/\W+/g, '-'), section = make('section', {id, tabindex: '-1', 'aria-labelledby': id + '-title'}, make('h2', {id: id + '-title'}, name));
  document.getElementById('main').append(section);
  document.getElementById('contents').append(make('a', {href: '#' + id}, name));
  build(section);
}
tmm.go(tmm.address().place);
document.documentElement.setAttribute('data-ready', String(Math.round(performance.now())));
