// SPDX-License-Identifier: MIT
/// What a paper says of these numbers, and what it refers to.
const methods = (source) => {
  const {name, version} = source.program, models = source.models ?? [...source.a.models, ...source.b.models];
  const some = operators.filter((op) => op.json.winding.status === 'certified').length;
  const files = models.map((m) => `${m.file.replace(/^.*\//, '')} (SHA-256 ${m.sha256})`).join(', ');
  return `The token-mixing weights of ${files} were analysed with ${name} ${version}${source.options?.residual ? ' as I + T' : ''}. `
    + 'Each causal Toeplitz layer with weights w_0, …, w_{n−1} was read as the operator T(a) on ℓ²(ℕ) with symbol a(z) = Σ_{k<n} w_k z^k, whose index is −N, N the winding number of a(e^{iθ}) about 0. '
    + (source.models ? `N was proven for ${some} of ${operators.length} operators ` : 'N was proven, where it is given, ')
    + 'by an arc-by-arc half-plane test with complete rounding bounds; singular values are those of the n × n section T_n'
    + (source.options?.certify ? ', enclosed by the residual of their reduction to tridiagonal form, Weyl’s inequality and the determinant.' : '.')
    + (source.models && source.options.null_draws ? ` Measures were compared with ${source.options.null_draws} fresh initialisations (seed ${source.options.seed}).` : '')
    + (source.a ? ` Groups were compared by Mann–Whitney's test with Holm's adjustment, and by Cliff's δ with a ${100 * source.options.confidence} % bootstrap interval.` : '');
};
