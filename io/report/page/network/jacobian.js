// SPDX-License-Identifier: MIT
// The derivative of a network at tokens: what and where, its measures.
Object.assign(titles, {rank_float32: 'rank at float32', kernel_float32: 'kernel at float32', effective_positions: 'positions that count'});
Object.assign(definitions, {sigma_max: 'The most that a small change of the input is stretched by.', log10_sigma_min: 'Decimal logarithm of the smallest singular value: −∞ where a direction of the input is lost to first order.',
  stable_rank: 'Σσ²/σₘₐₓ².', effective_rank: 'exp of the entropy of σᵢ/Σσ: how many directions count.', rank_float32: 'Singular values above max(rows, columns)·2⁻²³·σₘₐₓ: what storing the matrix as float32 leaves of its rank.',
  kernel_float32: 'The other ones.', effective_positions: 'exp of the entropy of the squared Frobenius norms ‖∂z/∂xₜ‖² over t: how many positions z depends on.'});
const size = network.tokens.length * network.derivative.embedding, sequences = network.tokens.samples;

const derivativeSection = (section) => {
  const tileOf = (key, id, words) => { const {status} = network[key].measures[id]; return tile(printed(texts[key][id][0]), [mark(status), ' ' + words]); };
  section.append(...warningsOf(), make('div', {class: 'tiles'},
    tileOf('vector', 'effective_rank', `effective rank of z by the input, of at most ${network.vector.rows}`),
    tile(printed(texts.effective_positions[0]), [mark(network.retention.effective_positions.status), ` positions that count for z, of ${network.derivative.position + 1}`]),
    tileOf('vector', 'log10_sigma_min', 'log₁₀ σₘᵢₙ of z by the input'), tileOf('stream', 'log10_sigma_min', 'log₁₀ σₘᵢₙ of the stream by the input')),
  factsTable([['network', network.file], ['tokens', network.tokens.source], ['sequences', `${sequences.length} of ${network.tokens.sequences}: ${sequences.join(', ')} (drawn by seed ${network.tokens.seed}), ${network.tokens.length} tokens each, cut for ${network.tokens.objective}`],
    ['differentiated by', `x₀, the embedded input: ${network.tokens.length} positions × ${network.derivative.embedding} numbers`], ['stream', network.derivative.stream], ['z', network.derivative.vector], ['arithmetic', network.arithmetic]]));
};

const measuresSection = (section) => {
  const line = make('p', {class: 'note definition', role: 'status'}), head = ['measure', 'mean', 'error', 's.d.', 'least', 'most', 'known', 'how'];
  const row = (key, id, summary, cells) => [make('span', {}, title(id), whatIs(id, line)), shownSummary(summary, cells, `${key}.${id}`), typeof summary.error === 'number' ? tmm.pretty(tmm.bound(summary.error, 'upper', 2)) : '–',
    ...cells.slice(1).map((text) => text === '' ? '–' : printed(text)), summary.method];
  const rows = (key) => Object.entries(network[key].measures).map(([id, summary]) => row(key, id, summary, texts[key][id]));
  const heading = (words) => make('h3', {}, words);
  section.append(make('p', {class: 'note'}, `Over ${sequences.length === 1 ? 'one sequence: no spread' : `${sequences.length} sequences${sequences.length < 10 ? '; standard deviations of so few are rough' : ''}`}. Means are cut at their errors.`), legend(), line,
    heading(`Stream by input, ${network.stream.rows} × ${network.stream.columns}`), rowsTable(head, rows('stream'), {words: [7]}),
    heading(`z by input, ${network.vector.rows} × ${network.vector.columns}`),
    rowsTable(head, [...rows('vector'), row('retention', 'effective_positions', network.retention.effective_positions, texts.effective_positions)], {words: [7]}));
};

sections.push(['Derivative', true, derivativeSection], ['Measures', true, measuresSection], ['Singular values', true, spectraSection],
  ['Retention by position', true, retentionSection], ['Block by block', blocks.length, blocksSection]);
const page = {kind: 'derivative', subtitle: `Is this network invertible over its input? Its derivative at ${sequences.length === 1 ? 'one sequence' : sequences.length + ' sequences'} of ${network.tokens.length} tokens.`,
  terms: [['Stream, z', 'The residual stream behind the last block, all positions; z is its vector at one position. A final norm is left out: it has a kernel of its own, whatever the network keeps.'],
    ['Derivative by the input', `∂x/∂x₀ and ∂z/∂x₀, x₀ the embedded tokens, ${size} numbers: how a small change of the input goes through. A smallest singular value of 0 is a direction that is lost, to first order, at these tokens.`],
    ...['sigma_max', 'log10_sigma_min', 'stable_rank', 'effective_rank', 'rank_float32', 'kernel_float32', 'effective_positions'].map((id) => [title(id), definitions[id]]),
    ['Errors', 'Estimates: of the routine, and of the products from the difference between forward mode and the way back along random directions. What is not above twice its error is a bound, never a value.'],
    ...(blocks.length ? [['T alone, x + T, C alone, x + C, both', 'Parts of a block: what mixing over time (the Toeplitz layer, its norm and projections) adds; with its residual; channel mixing likewise; the whole block.']] : [])],
  provenance: [['tokens', network.tokens.source], ['objective', network.tokens.objective], ['seed', String(network.tokens.seed)], ['Lanczos steps', String(network.options.lanczos_steps)], ['random probes', String(network.options.probes)],
    ['all singular values up to', `${network.options.full_up_to} (tokens × d)`], ['threshold of float32', 'max(rows, columns)·2⁻²³·σₘₐₓ'], ['rounding of ∂z/∂x₀, by sequence', network.retention.rounding.map((v) => short(v, 2)).join(', ')]]};
