// SPDX-License-Identifier: MIT
// What every file of the page uses. All of them, in the order of CMakeLists.txt, are one function of one script: a name at the
// top of a file is known in those after it.
const tmm = {};
window.tmm = tmm;

/// Parsed content of a JSON element; null if the page has none of this name.
tmm.data = (id) => {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
};

/// Base64 of little-endian numbers → typed array.
tmm.unpack = (text, Type) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Type(bytes.buffer);
};

/// An element with attributes and children; strings become text, never markup.
tmm.make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
};

/// Plotly reads a few tags in its texts: names must not be taken for them.
tmm.plain = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/// Few digits for what the page draws; whole values are in the data.
tmm.short = (value, digits = 4) => typeof value !== 'number' ? String(value ?? '–')
  : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(digits - 1)
  : String(Number(value.toPrecision(digits)));

/// Brings the element of this id to the top of the window. What lies between may be laid out only when it is reached, and then has
/// another height than was guessed: so until nothing moves any more.
tmm.go = (id) => {
  const target = document.getElementById(id);
  if (!target) return;
  history.replaceState(null, '', '#' + id);
  let calm = 0, frames = 0;
  const settle = () => {
    target.scrollIntoView({behavior: 'instant', block: 'start'});
    const {top} = target.getBoundingClientRect(), end = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
    calm = (top >= -1 && top < 40) || end ? calm + 1 : 0;
    if (calm < 6 && ++frames < 90) requestAnimationFrame(settle);
    else target.focus({preventScroll: true});
  };
  settle();
};
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  tmm.go(decodeURIComponent(link.hash.slice(1)));
});
