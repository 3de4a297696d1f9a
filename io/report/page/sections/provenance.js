// SPDX-License-Identifier: MIT
const provenance = (section) => {
  const source = report ?? comparison;
  if (!source) return;
  const rows = [['program', `${source.program.name} ${source.program.version}`], ...Object.entries(source.program.libraries), ...Object.entries(source.options).map(([k, v]) => ['option ' + k, JSON.stringify(v)]), ...Object.entries(source.conventions)];
  const box = simpleTable(['', ''], rows, 2);
  box.classList.add('provenance');
  section.append(box);
};
