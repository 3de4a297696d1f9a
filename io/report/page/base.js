// SPDX-License-Identifier: MIT
// What every file of the page uses. All of them, in the order of CMakeLists.txt, are one function of one script: a name at the
// top of a file is known in those after it.
const tmm = {};
window.tmm = tmm;

/// Parsed content of a JSON element; null if the page has none of this name. A section may have the same.
tmm.data = (id) => {
  const element = document.querySelector(`script[id="${id}"]`);
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

/// A decimal number as it is set: with a minus sign, and a power of ten in superscript.
const raised = (exponent) => exponent.replace(/[-−0-9]/g, (c) => c === '-' || c === '−' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]);
tmm.pretty = (text) => String(text).replace(/(\d)e([+-]?)0*(\d+)/g, (_, digit, sign, power) => `${digit}·10${raised(sign.replace('+', '') + power)}`).replace(/-(?=\d|inf)/g, '−');

/// `value` to at most so many digits, on its safe side: not above it for a lower bound, not below it for an upper one.
tmm.bound = (value, side, digits = 4) => {
  if (value === 0 || !isFinite(value)) return String(value + 0);
  const [mantissa, exponent] = Math.abs(value).toExponential(100).split('e'), all = mantissa.replace('.', '');
  const away = (side === 'upper') === (value > 0) && /[1-9]/.test(all.slice(digits));
  const kept = String(BigInt(all.slice(0, digits)) + (away ? 1n : 0n)), power = Number(exponent) + kept.length - digits;
  const decimal = `${value < 0 ? '-' : ''}${kept[0]}.${kept.slice(1, digits)}`;
  return power < -3 || power >= 5 ? decimal.replace(/\.?0*$/, '') + 'e' + power : String(Number(decimal + 'e' + power));
};

/// Few digits for what the page draws; whole values are in the data.
tmm.short = (value, digits = 4) => tmm.pretty(typeof value !== 'number' ? value ?? '–'
  : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(digits - 1)
  : Number(value.toPrecision(digits)) + 0);
