// SPDX-License-Identifier: MIT
// Downloads: figures at the size of a journal's column and the numbers behind them. Each says which model, which file and which
// program it comes from: an SVG in <metadata>, a PNG in its text chunks, a CSV in three columns at its end (readers take a comment
// line for the header, and rows that are put together from several files keep theirs).
const choice = {width: '84', size: '8', title: false};
try { Object.assign(choice, JSON.parse(sessionStorage.getItem('tmm-figures') ?? '{}')); } catch { /* a browser may keep nothing for files */ }

/// Where the numbers of a chart come from.
tmm.origin = (spec) => {
  const [report, comparison, training, study] = ['report', 'comparison', 'training', 'study'].map((id) => tmm.data(id));
  const models = spec.of ? [spec.of.model] : report?.models ?? (comparison ? [...comparison.a.models, ...comparison.b.models] : study?.models ?? []);
  const {name, version} = (report ?? comparison ?? training ?? study).program ?? {name: 'tmm', version: ''};
  const file = study?.file ?? (models.map((m) => m.file).join('; ') || training?.file || '');
  return {program: `${name} ${version}`.trim(), file, sha256: models.map((m) => m.sha256).join('; ')};
};

const stem = (file) => file.replace(/^.*[/\\]/, '').replace(/\.(h5|hdf5|safetensors|pt|json|csv)$/, '');

/// "model-layer-kind": the parts that a figure is found by.
tmm.fileName = (spec) => {
  const {file} = tmm.origin(spec), op = spec.of;
  const kind = op && spec.file.startsWith(op.label + '-') ? spec.file.slice(op.label.length + 1) : spec.file;
  return [file.includes('; ') ? file.split('; ').map(stem).slice(0, 2).join('-') : stem(file), op?.layer ?? '', kind].filter(Boolean).join('-');
};

/// Saves what the URL holds. A long name loses its middle: its end says what the file is.
tmm.save = (name, url) => {
  const safe = name.replace(/[^\p{L}\p{N}_.-]+/gu, '_');
  const link = tmm.make('a', {href: url, download: safe.length > 120 ? safe.slice(0, 59) + '__' + safe.slice(-59) : safe});
  document.body.append(link);
  link.click();
  link.remove();
};

const csvField = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
};
tmm.csv = (rows) => rows.map((row) => row.map(csvField).join(',')).join('\n') + '\n';

tmm.saveRows = (spec) => {
  const {file, sha256, program} = tmm.origin(spec), [head, ...rows] = spec.rows();
  const whole = [[...head, 'source_file', 'source_sha256', 'program'], ...rows.map((row) => [...row, file, sha256, program])];
  tmm.save(tmm.fileName(spec) + '.csv', URL.createObjectURL(new Blob([tmm.csv(whole)], {type: 'text/csv'})));
};

/// The SVG of a chart as chosen: `width` millimetres wide, its text `size` points high (12 of the chart's own pixels), whatever the
/// window's size. Heat maps are vectors, too. What has a row of numbers in it is drawn wide enough for them, its text smaller in one column.
tmm.figureText = (spec, view, {width, size, title} = choice) => {
  const wished = Math.round(Number(width) / 25.4 * 72 * 12 / Number(size)), pixels = Math.max(wished, spec.height ? 640 : 0);
  const height = parseFloat(spec.height) || Math.round(pixels * (Number(width) > 100 ? 0.56 : 0.8));
  const name = spec.title + (spec.of ? ', ' + spec.of.label : '');
  const text = tmm.still(spec, {width: pixels, height, title: title && name, vector: true, view});
  const {file, sha256, program} = tmm.origin(spec), escaped = tmm.plain;
  const about = `<title>${escaped(name)}</title><desc>${escaped(spec.about ?? '')}</desc><metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"`
    + ` xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about=""><dc:title>${escaped(name)}</dc:title><dc:source>${escaped(file)}</dc:source>`
    + `<dc:identifier>sha256:${escaped(sha256)}</dc:identifier><dc:creator>${escaped(program)}</dc:creator></rdf:Description></rdf:RDF></metadata>`;
  return text.replace(/^<svg([^>]*)>/, (_, attributes) => `<svg${attributes.replace(/ (width|height|viewBox)="[^"]*"/g, '')} width="${width}mm"`
    + ` height="${(Number(width) * height / pixels).toFixed(2)}mm" viewBox="0 0 ${pixels} ${height}">${about}`);
};

const crcTable = Uint32Array.from({length: 256}, (_, n) => { for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
/// A PNG's bytes with texts and resolution behind its header (PNG specification, 11.3: iTXt in UTF-8, pHYs in dots a metre).
tmm.labelledPng = (bytes, texts, dotsPerInch) => {
  const chunk = (type, data) => {
    const out = new Uint8Array(12 + data.length), view = new DataView(out.buffer);
    view.setUint32(0, data.length);
    out.set(new TextEncoder().encode(type), 4);
    out.set(data, 8);
    view.setUint32(8 + data.length, ~out.subarray(4, 8 + data.length).reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) >>> 0);
    return out;
  };
  const size = new Uint8Array(9), header = 8 + 25;
  new DataView(size.buffer).setUint32(0, Math.round(dotsPerInch / 0.0254));
  new DataView(size.buffer).setUint32(4, Math.round(dotsPerInch / 0.0254));
  size[8] = 1;
  const added = [chunk('pHYs', size), ...Object.entries(texts).map(([key, text]) => chunk('iTXt', new TextEncoder().encode(`${key}\0\0\0\0\0${text}`)))];
  return new Blob([bytes.subarray(0, header), ...added, bytes.subarray(header)], {type: 'image/png'});
};

const resolution = 600;  // dots an inch: what journals ask of line drawings
const pngOf = async (spec, text) => {
  const picture = new Image(), [, width, height] = text.match(/width="([\d.]+)mm" height="([\d.]+)mm"/);
  picture.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
  await picture.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height].map((mm) => Math.round(mm / 25.4 * resolution));
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png')), {file, sha256, program} = tmm.origin(spec);
  return tmm.labelledPng(new Uint8Array(await blob.arrayBuffer()), {Title: spec.title + (spec.of ? ', ' + spec.of.label : ''),
    Source: file, 'Source SHA-256': sha256, Software: program, Description: spec.about ?? ''}, resolution);
};

tmm.saveFigure = async (spec, plot, format) => {
  const text = tmm.figureText(spec, tmm.viewOf(plot));
  const blob = format === 'png' ? await pngOf(spec, text) : new Blob([text], {type: 'image/svg+xml'});
  tmm.save(tmm.fileName(spec) + '.' + format, URL.createObjectURL(blob));
};

/// The choice of size for all figures of the page, kept while the window is open.
tmm.figureMenu = () => {
  const keep = (name, value) => {
    choice[name] = value;
    try { sessionStorage.setItem('tmm-figures', JSON.stringify(choice)); } catch { /* then it holds until the page is left */ }
  };
  const select = (name, options) => {
    const list = tmm.make('select', {id: 'figure-' + name}, ...options.map(([value, words]) => tmm.make('option', {value}, words)));
    list.value = choice[name];
    list.addEventListener('change', () => keep(name, list.value));
    return list;
  };
  const title = tmm.make('input', {type: 'checkbox', id: 'figure-title'});
  title.checked = choice.title;
  title.addEventListener('change', () => keep('title', title.checked));
  return tmm.make('details', {class: 'figures'}, tmm.make('summary', {}, 'Figures for papers'), tmm.make('p', {class: 'controls'},
    tmm.make('label', {}, 'width ', select('width', [['84', '84 mm, one column'], ['174', '174 mm, two columns']])),
    tmm.make('label', {}, 'text ', select('size', ['6', '7', '8', '9', '10'].map((pt) => [pt, pt + ' pt']))),
    tmm.make('label', {}, title, ' with a title'),
    tmm.make('span', {class: 'note'}, 'For the SVG and PNG buttons: always in light colours on white, vectors throughout; charts with columns of numbers get smaller text in one column. PNG at 600 dots an inch. CSV, SVG and PNG carry model, SHA-256 and version.')));
};
