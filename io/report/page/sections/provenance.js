// SPDX-License-Identifier: MIT
const provenance = (section) => {
  const source = report ?? comparison ?? training ?? study, {program, options = {}, conventions = {}} = source;
  const models = report?.models ?? (comparison ? [...comparison.a.models, ...comparison.b.models] : study ? [study, ...study.models] : [source]);
  const rows = [...(program ? [['program', `${program.name} ${program.version}`], ...Object.entries(program.libraries ?? {})] : []),
    ...models.flatMap((m) => [['file', m.file], ...(m.sha256 ? [['sha256 of ' + m.file.replace(/^.*[/]/, ''), m.sha256]] : [])]),
    ...Object.entries(source.configuration ?? {}).map(([k, v]) => ['configuration: ' + k, typeof v === 'string' ? v : JSON.stringify(v)]), ...Object.entries(options).map(([k, v]) => ['option ' + k, JSON.stringify(v)]), ...Object.entries(conventions)];
  const box = simpleTable(['what', 'value'], rows, 2);
  box.classList.add('provenance');
  section.append(box);
  if (report || comparison) cite(section, source);
};
