// SPDX-License-Identifier: MIT
// Block by block: what mixing over time and channel mixing do alone, with their residual, and together.
const partNames = {token_branch: 'T alone', token: 'x + T', channel_branch: 'C alone', channel: 'x + C', block: 'both'};
const parts = Object.keys(partNames), blocks = network.blocks ?? [];

/// A number over samples as the terminal prints it, with how it is known.
const shownSummary = (summary, cells, place) => make('span', {title: explain({...summary, value: summary.mean ?? summary.value}), 'data-measure': place}, mark(summary.status), ' ', printed(cells[0]));
const ofBlock = (i, part, id) => shownSummary(blocks[i].parts[part][id], texts.blocks[i][part][id], `blocks.${i}.${part}.${id}`);

/// One measure of all parts by block. `zeros`: what is −∞ stands at the lower edge.
const blockChart = (id, spec) => tabled({...spec, file: 'blocks-' + id,
  rows: () => [['block', 'part', 'status', 'mean', 'standard_deviation', 'error', 'bound', 'bound_side', 'name'], ...blocks.flatMap((block, i) => parts.map((part) => {
    const s = block.parts[part][id], bound = s.status === 'below precision';
    return [i, partNames[part], s.status, s.mean ?? s.value_text ?? null, s.standard_deviation ?? null, s.error ?? null, bound ? s.value : null, bound ? s.bound : null, block.name];
  }))],
  figure: (theme) => {
    const at = (i, k) => i + (k - 2) * 0.07, all = parts.map((part) => blocks.map((block) => block.parts[part][id]));
    const numbers = all.flat().map((s) => s.mean ?? (s.status === 'below precision' ? s.value : null)).filter((v) => v !== null);
    const low = Math.min(...numbers), high = Math.max(...numbers), pad = 0.08 * (high - low) || 0.5, edge = low - 2 * pad, zeros = all.flat().some((s) => s.value_text === '-inf');
    const points = (k, test, y, more) => {
      const chosen = blocks.map((_, i) => i).filter((i) => test(all[k][i]));
      return chosen.length ? [{x: chosen.map((i) => at(i, k)), y: chosen.map((i) => y(all[k][i])), text: chosen.map((i) => plain(blocks[i].name)), ...more}] : [];
    };
    const traces = parts.flatMap((part, k) => {
      const name = partNames[part], color = seriesColor(theme, k), hover = (words) => `${name}, %{text}<br>${words}<extra></extra>`;
      const side = (s) => points(k, (m) => m.status === 'below precision' && m.bound === s, (m) => m.value, {name: `${name}, ${s === 'upper' ? 'at most' : 'at least'}`, mode: 'markers', marker: {...boundMark(theme, s), color}, hovertemplate: hover(`${s === 'upper' ? '≤' : '≥'} %{y:.4g}`)});
      return [...points(k, () => all[k].some((m) => m.mean !== undefined), (m) => m.mean ?? null, {name, mode: 'lines+markers', marker: {size: 8, color, symbol: symbols[k]}, line: {width: 1, color, dash: ['dot', 'solid', 'dot', 'solid', 'dash'][k]}, hovertemplate: hover('%{y:.6g}')}),
        ...side('upper'), ...side('lower'),
        ...points(k, (m) => m.value_text === '-inf', () => edge, {name: `${name}: σ = 0, proven`, mode: 'markers', marker: {size: 10, color, symbol: k ? 'x-thin-open' : 'cross-thin-open', line: {width: 2, color}}, hovertemplate: hover('σ_min = 0, proven')})];
    });
    return {traces, layout: {showlegend: true, xaxis: axis(theme, {title: 'block', range: [-0.5, blocks.length - 0.5], tickformat: 'd', ...(blocks.length <= 24 ? {dtick: 1} : {}), zeroline: false}),
      yaxis: spec.log ? logAxis(theme, spec.unit, numbers) : axis(theme, {title: spec.unit, zeroline: false, ...(zeros && numbers.length ? {range: [edge - pad, high + pad]} : {})})}};
  }});

const blocksSection = (section) => {
  const head = ['block', ...parts.flatMap((part) => [`${partNames[part]}: σₘₐₓ`, ...(part.endsWith('_branch') ? [] : [`${partNames[part]}: log₁₀ σₘᵢₙ`])]), 'name'];
  const every = ['sigma_max', 'log10_sigma_min', 'stable_rank', 'effective_rank', 'rank_float32', 'kernel_float32'];
  const noun = network.tokens.samples.length === 1 ? 'of the one sequence' : `means over ${network.tokens.samples.length} sequences`;
  const rest = make('details', {class: 'figures'}, make('summary', {}, 'All measures of every part'));
  rest.addEventListener('toggle', () => {
    if (rest.open && rest.children.length === 1) rest.append(rowsTable(['block', 'part', ...every.map(title)], blocks.flatMap((_, i) => parts.map((part) => [String(i), partNames[part], ...every.map((id) => ofBlock(i, part, id))])), {words: [1], tall: true}));
  });
  section.append(make('p', {class: 'note'}, `T: mixing over time, its norm and projections included. C: channel mixing. x + …: with the residual. Blocks in data flow, ${noun}.`),
    rowsTable(head, blocks.map((block, i) => [String(i), ...parts.flatMap((part) => [ofBlock(i, part, 'sigma_max'), ...(part.endsWith('_branch') ? [] : [ofBlock(i, part, 'log10_sigma_min')])]), block.name]), {words: [head.length - 1]}), rest,
    make('div', {class: 'charts'},
      blockChart('sigma_max', {title: 'Largest singular values by block', unit: 'σₘₐₓ', log: true, about: 'The most that a part makes of a small change of its input. Triangles: bounds.'}),
      blockChart('log10_sigma_min', {title: 'Smallest singular values by block', unit: 'log₁₀ σₘᵢₙ', about: 'The least. Triangles: only an upper bound is known. Thin crosses at the lower edge: exactly 0, proven by the form of the part.'}),
      profileChart({title: 'Retention of mixing over time, by block', file: 'retention-token-branch', unit: '‖∂T(x)ₚ/∂xₜ‖, Frobenius', about: `What a block's mixing over time alone takes from position t of its own input to position p = ${network.derivative.position}.`},
        blocks.map((block, i) => ['block ' + i, block.retention.token_branch])),
      profileChart({title: 'Retention of whole blocks', file: 'retention-block', unit: '‖∂yₚ/∂xₜ‖, Frobenius', about: `From position t of a block's input to position p = ${network.derivative.position} of its output, residual sums included.`},
        blocks.map((block, i) => ['block ' + i, block.retention.block]))));
};
