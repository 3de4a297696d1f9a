// SPDX-License-Identifier: MIT
// The page: sections in their order; those without data do not appear.
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
