// SPDX-License-Identifier: MIT
// All operators of a page of volume, in columns: `operators` are only those that have a card. What follows speaks of rows 0, 1, …
const volume = tmm.data('volume'), rowCount = volume.operators;
const int32 = (name) => tmm.unpack(volume[name], Int32Array);
const rowModel = tmm.unpack(volume.model, Uint32Array), rowPart = tmm.unpack(volume.part, Uint32Array), rowBlock = int32('block'), rowN = int32('n'), rowWinding = int32('winding');
const rowStatus = tmm.unpack(volume.status, Uint8Array), rowNames = volume.names, rowShort = volume.labels ?? volume.names;
const modelFile = (m) => report.models[m].file.replace(/^.*\//, '');
const rowLabel = (i) => (report.models.length > 1 ? modelFile(rowModel[i]).replace(/\.(h5|hdf5|safetensors)$/, '') + ' · ' : '') + rowShort[i];

/// Row → operator with a card.
const cardOfRow = new Map(volume.cards.map(({row}, k) => [row, operators[k]]));

/// A measure of all rows, decoded when first asked for; null if no operator has it. value: number or bound, NaN without; numbers:
/// the value where it is a finite number.
const columns = new Map();
const column = (id) => {
  const k = volume.columns.indexOf(id);
  if (k < 0 || columns.has(id)) return columns.get(id) ?? null;
  const raw = tmm.data('column-' + k), texts = raw.text.split(' '), ways = raw.ways.map((w) => w && {status: w[0], side: w[1], method: w[2]});
  const value = raw.value ? tmm.unpack(raw.value, Float64Array) : Float64Array.from(texts, Number), error = raw.error ? tmm.unpack(raw.error, Float32Array) : raw.error_f8 && tmm.unpack(raw.error_f8, Float64Array);
  const way = raw.way ? tmm.unpack(raw.way, ways.length <= 0x100 ? Uint8Array : ways.length <= 0x10000 ? Uint16Array : Uint32Array) : new Uint8Array(rowCount);
  const known = ways.map((w) => w !== null && (w.status === 'certified' || w.status === 'numerical'));
  const numbers = Float64Array.from(value, (v, i) => known[way[i]] && isFinite(v) ? v : NaN);
  columns.set(id, {id, value, numbers, text: (i) => texts[i], way: (i) => ways[way[i]], error: (i) => error ? error[i] : 0});
  return columns.get(id);
};
/// Those that have charts; where an analysis was of a few others, these.
const mainMeasures = ((main) => main.length ? main : volume.columns.slice(0, 12))(volume.main.filter((id) => volume.columns.includes(id)));

/// A value of a column, how it is known and how it was found, in a line.
const explainRow = (c, i) => {
  const way = c.way(i);
  return way ? [isNaN(c.value[i]) ? '' : c.value[i], way.status, c.error(i) ? 'error ' + tmm.bound(c.error(i), 'upper', 3) : '', way.method].filter((t) => t !== '').join(' · ') : '';
};
/// The cell of a table, as number() makes it of an operator with a card.
const numberOfRow = (c, i) => {
  const way = c?.way(i);
  return way ? make('span', {title: explainRow(c, i), 'data-measure': c.id}, mark(way.status), ' ', printed(c.text(i))) : make('span', {}, '');
};

/// The verdict of a row for a threshold of N/(n−1).
const asked = {json: {winding: {}}, n: 0};
const verdictOfRow = (i, below) => {
  Object.assign(asked.json.winding, {status: volume.statuses[rowStatus[i]], number: rowWinding[i]});
  asked.n = rowN[i];
  return verdict(asked, below);
};

/// Rows with a number of the column, by value.
const sortedRows = (c, rows = null) => {
  const list = [];
  for (let k = 0; k < (rows ? rows.length : rowCount); ++k) {
    const i = rows ? rows[k] : k;
    if (!isNaN(c.numbers[i])) list.push(i);
  }
  return list.sort((a, b) => c.numbers[a] - c.numbers[b] || a - b);
};
/// The quarter points of sorted rows: operators, so that each has a text cut at its own error.
const quarters = (sorted) => [0, 0.25, 0.5, 0.75, 1].map((q) => sorted[Math.round(q * (sorted.length - 1))]);

/// Positive values over three decades or more want a logarithmic axis.
const wantsLogarithm = (least, most) => least > 0 && most / least >= 1e3;
