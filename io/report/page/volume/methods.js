// SPDX-License-Identifier: MIT
/// What a paper says of these numbers: of all rows, not only of those with a card.
const methods = (source) => {
  const {name, version} = source.program, files = source.models.map((m) => `${m.file.replace(/^.*\//, '')} (SHA-256 ${m.sha256})`).join(', ');
  const certified = volume.statuses.indexOf('certified'), some = rowStatus.reduce((sum, s) => sum + (s === certified ? 1 : 0), 0);
  return `The token-mixing weights of ${files} were analysed with ${name} ${version}${source.options.residual ? ' as I + T' : ''}. `
    + 'Each causal Toeplitz layer with weights w_0, …, w_{n−1} was read as the operator T(a) on ℓ²(ℕ) with symbol a(z) = Σ_{k<n} w_k z^k, whose index is −N, N the winding number of a(e^{iθ}) about 0. '
    + `N was proven for ${some} of ${rowCount} operators by an arc-by-arc half-plane test with complete rounding bounds; singular values are those of the n × n section T_n${source.options.certify ? ', enclosed by the residual of their reduction to tridiagonal form, Weyl’s inequality and the determinant' : ''}.`
    + (source.options.null_draws ? ` Measures were compared with ${source.options.null_draws} fresh initialisations (seed ${source.options.seed}).` : '');
};
