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
