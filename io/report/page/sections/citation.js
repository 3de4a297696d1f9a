// SPDX-License-Identifier: MIT
const bibtex = ({name, version}) => [
  '@software{tmm,', `  title   = {${name}: operator theory of trained Toeplitz layers},`, '  author  = {{The tmm authors}},',
  `  version = {${version}}`, '}',
  '@misc{toeplitz-mlp-mixers,', '  title         = {{Toeplitz MLP Mixers} are Low Complexity, Information-Rich Sequence Models},',
  '  year          = {2026},', '  eprint        = {2605.06683},', '  archivePrefix = {arXiv}', '}'].join('\n');
const cite = (section, source) =>
  section.append(make('h3', {}, 'Methods, in a sentence or two'), make('p', {id: 'methods'}, methods(source)),
    make('h3', {}, 'BibTeX'), make('pre', {id: 'bibtex', tabindex: '0', 'aria-label': 'BibTeX'}, bibtex(source.program)));
