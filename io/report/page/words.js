// SPDX-License-Identifier: MIT
// What measures are called and what they are: in heads of columns, beside them, and in the glossary.
const storage = {float32: 'float32', bfloat16: 'bfloat16', float16: 'float16', float64: 'float64'};
const titles = {winding_number: 'N', winding_fraction: 'N/(n−1)', fredholm_index: 'Fredholm index', index_margin: 'margin', index_margin_relative: 'relative margin',
  sigma_max: 'σₘₐₓ', sigma_min: 'σₘᵢₙ', log10_sigma_max: 'log₁₀ σₘₐₓ', log10_sigma_min: 'log₁₀ σₘᵢₙ', log10_condition: 'log₁₀ condition', jensen_defect: 'Jensen defect',
  avram_parter_distance: 'KS distance to |a|', symbol_max: 'max |a|', log_abs_det_per_row: 'ln |w₀|', circulant_sigma_min: 'σₘᵢₙ of the circulant', log10_circulant_condition: 'log₁₀ condition of the circulant',
  winding_number_network_rounding: 'N, as the network rounds', row_divided_sigma_max: 'σₘₐₓ of diag(1/c) T', row_divided_sigma_min: 'σₘᵢₙ of diag(1/c) T', log10_row_divided_sigma_min: 'log₁₀ σₘᵢₙ of diag(1/c) T',
  log10_row_divided_condition: 'log₁₀ condition of diag(1/c) T', row_divided_condition: 'condition of diag(1/c) T', toeplitz_distance: 'distance from Toeplitz', toeplitz_distance_relative: 'distance from Toeplitz, relative',
  nearest_toeplitz_winding_number: 'N of the nearest Toeplitz matrix, not of the layer', nearest_toeplitz_fredholm_index: 'index of the nearest Toeplitz matrix, not of the layer',
  nearest_toeplitz_index_margin: 'margin of the nearest Toeplitz matrix, not of the layer', log_abs_det: 'ln |det|', distance_to_other_index: 'distance to another index', distance_to_index_zero: 'distance to index 0',
  log10_kreiss_powers: 'log₁₀ Kreiss constant of T', log10_kreiss_residual_powers: 'log₁₀ Kreiss constant of I + T'};
for (const name of Object.keys(storage))
  Object.assign(titles, {['effective_index_' + name]: 'index at ' + name, ['numerical_rank_' + name]: 'rank at ' + name, ['predicted_index_' + name]: 'predicted index at ' + name,
    ['winding_number_' + name]: 'N stored as ' + name, ['stable_under_' + name]: 'N survives ' + name});
const title = (id) => titles[id] ?? id.replace(/^log10_/, 'log₁₀ ').replace(/_/g, ' ');

const definitions = {
  layer: 'Block and head of the operator in its model. A click sorts in the order of the file.',
  verdict: 'Invertible: N = 0, proven. Nearly: 0 < N/(n−1) below the threshold of the overview. Not: N/(n−1) at or above it.',
  n: 'Number of weights: the longest sequence that the operator acts on.',
  winding_number: 'Zeros of the symbol a in |z| < 1, with multiplicity: how often the symbol curve turns about 0. 0 exactly for an invertible operator.',
  fredholm_index: 'dim ker − dim coker of T(a). It is −N.',
  winding_fraction: 'N over the most it can be: 0 for an invertible operator, about ½ for untrained weights.',
  index_margin: 'Proven lower bound of min |a| on the unit circle. No change of the weights with ‖δ‖₁ below it changes N.',
  index_margin_relative: 'The margin over max |a|.',
  index_radius: '‖δ‖₂ of the smallest real change of the weights that can change N; a proven lower bound.',
  symbol_max: 'Largest |a| on the unit circle: the norm of T(a).',
  jensen_defect: 'Σ ln(1/|zⱼ|) over the zeros inside: a continuous distance from minimum phase, 0 exactly if N = 0.',
  smallest_zero: 'Least modulus of a zero of a: it sets how fast the inverse grows.',
  sigma_max: 'Largest singular value of the matrix Tₙ.', sigma_min: 'Smallest singular value of the matrix Tₙ.',
  log10_sigma_max: 'Decimal logarithm of the largest singular value of Tₙ.', log10_sigma_min: 'Decimal logarithm of the smallest singular value of Tₙ.',
  condition: 'σₘₐₓ/σₘᵢₙ of Tₙ.', log10_condition: 'Decimal logarithm of σₘₐₓ/σₘᵢₙ of Tₙ.',
  stable_rank: '‖Tₙ‖²/σₘₐₓ² with the Frobenius norm: n if all singular values are alike.',
  effective_rank: 'exp of the entropy of σᵢ/Σσ: n if all singular values are alike.',
  log_abs_det_per_row: 'ln |w₀|, since det Tₙ = w₀ⁿ.',
  avram_parter_distance: 'Kolmogorov–Smirnov distance between the singular values and |a| on the circle: the effect of the boundary.',
  circulant_sigma_min: 'Smallest singular value of the circulant with these weights, as tools for convolutions report it; not of Tₙ.',
  log10_circulant_condition: 'Decimal logarithm of the condition of the circulant with these weights; not of Tₙ.',
  winding_number_network_rounding: 'N of the weights as the network computes them in its own number type.',
  distance_to_other_index: 'Distance of 0 to the symbol curve: to the nearest λ at which T(a) − λ has another index or none.',
  distance_to_index_zero: 'Distance of 0 to the nearest λ at which T(a) − λ has the index 0: 0 exactly if N = 0.',
  log10_kreiss_powers: 'A lower bound: log₁₀ of the Kreiss constant K of Tₙ. Some power of Tₙ has a norm of K at least, and none more than e n K.',
  log10_kreiss_residual_powers: 'The same of I + Tₙ, which blocks with a residual connection iterate.',
  toeplitz_distance: 'Frobenius norm of W − T for the nearest Toeplitz matrix T.', toeplitz_distance_relative: 'The distance from the nearest Toeplitz matrix over the Frobenius norm of W.'};
for (const name of Object.keys(storage))
  Object.assign(definitions, {['effective_index_' + name]: `Singular values of Tₙ at or below the unit round-off of ${name} times σₘₐₓ.`,
    ['numerical_rank_' + name]: `n minus the index at ${name}.`, ['predicted_index_' + name]: `What the moduli of the zeros say of the index at ${name}.`,
    ['winding_number_' + name]: `N of the weights stored as ${name}.`, ['stable_under_' + name]: `1 if N survives storing the weights as ${name}, else 0.`});

/// A button beside a head that says what its column is, for those who have no mouse to point with: into `line`, which stands above the table.
const whatIs = (id, line) => {
  if (!definitions[id]) return null;
  const b = make('button', {type: 'button', class: 'what', 'aria-label': 'What is ' + title(id), 'aria-expanded': String(line.dataset.of === id)}, '?');
  b.addEventListener('click', () => {
    const open = line.dataset.of !== id;
    line.dataset.of = open ? id : '';
    line.replaceChildren(...(open ? [make('b', {}, title(id)), ': ' + definitions[id]] : []));
    for (const other of document.querySelectorAll('.what')) other.setAttribute('aria-expanded', String(open && other === b));
  });
  return b;
};

/// The terms that occur on this page.
const terms = () => {
  const all = new Set(['winding_number']);
  for (const op of operators) {
    for (const id of Object.keys(op.json.measures)) all.add(id);
    if (op.json.zeros) all.add('zeros');
    if (op.json.spectrum) all.add('spectrum');
    if (Object.keys(op.json.null_model).length) all.add('null model');
    if (op.json.sections.length) all.add('sections');
  }
  if (operators.length) all.add('verdict');
  if ((report?.models ?? []).some((m) => m.layers.length)) all.add('layers');
  for (const m of comparison?.measures ?? []) all.add(m.id);
  for (const m of (study?.groupings ?? []).flatMap((g) => g.pairs.flatMap((p) => p.measures))) all.add(m.id);
  if (study) all.add('winding_fraction');
  if (comparison || study) all.add('comparison');
  for (const [name] of training?.columns ?? [])
    for (const id of Object.keys(definitions)) if (name === id || name.startsWith(id + '_')) all.add(id);
  return all;
};

/// The glossary: what the page's template has of terms that occur, then the measures that occur.
const glossary = (section) => {
  const occurring = terms(), content = document.getElementById('glossary-text').content.cloneNode(true), list = content.querySelector('dl');
  for (const dt of [...list.querySelectorAll('dt')]) {
    const needed = dt.dataset.when?.split(',');
    if (needed && !needed.some((term) => occurring.has(term))) { dt.nextElementSibling.remove(); dt.remove(); }
    else for (const id of dt.dataset.says?.split(',') ?? []) occurring.delete(id);
  }
  for (const id of Object.keys(definitions))
    if (occurring.has(id) && !['layer', 'verdict', 'n'].includes(id)) list.append(make('dt', {'data-term': id}, title(id)), make('dd', {}, definitions[id]));
  section.append(content);
};
