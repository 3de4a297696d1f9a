// SPDX-License-Identifier: MIT
// Where on the page one is and how its table is filtered stand in the address: "#PLACE?sort=…&filter=…". So links and reloads keep
// them, of pages in files as well.
/// Names besides the ids that lead to an element: of a tensor to its card.
const places = new Map();

/// {place, options} of the address.
tmm.address = () => {
  const [place, query = ''] = location.hash.slice(1).split('?');
  const words = (() => { try { return decodeURIComponent(place); } catch { return place; } })();
  return {place: words, options: new URLSearchParams(query)};
};
const address = (place, options, push) => {
  const query = options.toString(), next = '#' + encodeURIComponent(place) + (query && '?' + query);
  if (next !== location.hash) history[push ? 'pushState' : 'replaceState'](null, '', next);
};
/// Notes options; those that are empty are taken out.
tmm.note = (changes) => {
  const {place, options} = tmm.address();
  for (const [name, value] of Object.entries(changes)) value ? options.set(name, value) : options.delete(name);
  address(place, options);
};

/// Brings what this name leads to to the top of the window, and opens it. What lies between may be laid out only when it is reached,
/// and then has another height than was guessed: so until nothing moves any more.
tmm.go = (name, push = false) => {
  const target = document.getElementById(places.get(name) ?? name);
  if (!target) return;
  address(name, tmm.address().options, push);
  target.querySelector(':scope > details.rest')?.setAttribute('open', '');
  const place = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  let calm = 0, frames = 0;
  const settle = () => {
    target.scrollIntoView({behavior: 'instant', block: 'start'});
    const {top} = target.getBoundingClientRect(), end = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
    calm = Math.abs(top - place) < 3 || end ? calm + 1 : 0;
    if (calm < 6 && ++frames < 90) requestAnimationFrame(settle);
    else target.focus({preventScroll: true});
  };
  settle();
};
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  tmm.go(decodeURIComponent(link.hash.slice(1)), true);
});
addEventListener('popstate', () => tmm.go(tmm.address().place));
