// SPDX-License-Identifier: MIT
// Repaired layers: what was done, to which, and what it costs the network.
const statuses = {'not Fredholm': ['–', 'not Fredholm'], ...marks};
/// A winding number with how it is known; its reason is there for the mouse.
const windingCell = (winding, text) => make('span', {title: [winding.value ?? '', winding.status, winding.reason].filter((t) => t !== '' && t !== undefined).join(' · ')},
  make('span', {class: 'mark ' + winding.status.replace(' ', '-')}, make('span', {'aria-hidden': 'true'}, statuses[winding.status][0]), make('span', {class: 'hidden'}, statuses[winding.status][1])), ' ', text);
const numeric = (text) => make('span', {}, mark('numerical'), ' ', text);
const total = (key) => layers.reduce((sum, l) => sum + l[key], 0);

const repairSection = (section) => {
  const worst = Math.max(0, ...changed.map((i) => layers[i].modulus_error)), {effects} = network, all = effects?.loss_after.at(-1), rows = texts.effects?.rows;
  section.append(...warningsOf(), make('div', {class: 'tiles'},
    tile(`${changed.length} of ${network.operators}`, ['operators changed']),
    tile(`${total('zeros_reflected_outward')} · ${total('zeros_reflected_inward')}`, ['zeros reflected out of the disc · into it']),
    tile(changed.length ? short(worst, 2) : '–', [mark('numerical'), ' largest error of |a|, over max |a|']),
    ...(all ? [tile(minus(rows.at(-1)[1]), [mark('numerical'), ` change of the loss with all of them, ± ${rows.at(-1)[2]} nats a token`])] : [])),
  factsTable([['file', network.file], ['written', network.output], ['asked for', network.to + (network.seed === undefined ? '' : `, seed ${network.seed}`)], ['looked at', `${layers.length} of ${network.operators} operators`]]));
};

const layersSection = (section) => {
  section.append(make('p', {class: 'note'}, 'N: winding number of the taps as stored, the number of zeros of the symbol inside the unit circle; the Fredholm index is −N. A zero z that is reflected becomes 1/z̄, which leaves |a| on the circle as it was.'), legend(),
    rowsTable(['layer', 'N before', 'N after', 'zeros out', 'zeros in', 'on the circle', 'change of w', 'error of |a|', 'before rounding', 'truncated', 'stored as', 'n', 'name'], layers.map((l, i) => {
      const [before, after, outward, inward, circle, change, error] = texts.layers[i], is = texts.changed[i];
      return [l.layer, windingCell(l.winding_number_before, before), windingCell(l.winding_number_after, after), outward, inward, circle, is ? numeric(printed(change)) : '–', is ? numeric(printed(error)) : '–',
        is ? numeric(short(l.modulus_error_before_rounding, 2)) : '–', is ? numeric(short(l.truncated, 2)) : '–', l.dtype, String(l.n), l.name];
    }), {words: [12], tall: layers.length > 24}));
  section.append(make('div', {class: 'charts'}, windingChart(), ...(changed.length ? [changeChart(), errorChart()] : [])));
};

const lossSection = (section) => {
  const {effects} = network;
  section.append(make('p', {class: 'note'}, `Loss of the network (${effects.objective}, ${effects.precision}) on ${effects.sequences} sequences of ${effects.length} tokens, ${effects.counted} positions, of ${effects.tokens}. As stored: ${texts.effects.before} nats a token.`),
    rowsTable(['repaired', 'loss', 'change', '±'], effects.loss_after.map((e, i) => [e.repaired ?? 'all of them', ...texts.effects.rows[i].map((text, k) => k === 2 ? text : make('span', {}, mark(text === '?' ? 'undecided' : 'numerical'), ' ', minus(text)))]), {tall: effects.loss_after.length > 24}),
    make('p', {class: 'note'}, '±: standard error of the change, from the differences sequence by sequence. ?: not finite, or of one sequence alone.'),
    make('div', {class: 'charts'}, ...(finite().length ? [lossChart()] : []), ...(alone().length ? [lossChangeChart()] : [])));
};

sections.push(['Repair', true, repairSection], ['Layers', true, layersSection], ['Loss', network.effects, lossSection]);
const page = {kind: 'repair', subtitle: 'Layers with another index and the same |a| on the circle.',
  terms: [['Winding number N', 'Zeros of the symbol a in |z| < 1, with multiplicity; the Fredholm index of T(a) is −N. Proven before, and proven anew of the taps as they are stored.'],
    ['Reflection', 'A zero z becomes its mirror image 1/z̄ in the circle: a is multiplied by a Blaschke factor, whose modulus there is 1.'],
    ['On the circle', 'Zeros on the unit circle, or not to be told from it: they are left.'],
    ['Change of w', '2-norm of the difference of the taps over that of the taps.'],
    ['Error of |a|', 'Largest difference of |a| on 8n points of the circle over max |a|, rounding to the stored type included: numerical, no bound. The bound of rounding is ‖Δ‖₁/max |a|.'],
    ['Truncated', 'What the product had beyond its n taps, from errors of the zeros.'],
    ...(network.effects ? [['Loss', 'Mean cross entropy in nats a token, on the same sequences before and after. No network was trained after its repair.']] : [])],
  provenance: [['written', network.output], ['asked for', network.to], ...(network.seed === undefined ? [] : [['seed', String(network.seed)]]),
    ...(network.effects ? [['tokens', network.effects.tokens], ['precision', network.effects.precision]] : [])]};
