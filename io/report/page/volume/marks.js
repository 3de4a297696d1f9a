// SPDX-License-Identifier: MIT
/// What the rows of a column have that are no number: "12 a bound only, 3 undecided (WHY)", with the reason that most of them give.
const withoutNumber = (c, rows = null) => {
  const kinds = new Map(), add = (words, why) => {
    const kind = kinds.get(words) ?? {count: 0, whys: new Map()};
    ++kind.count;
    kind.whys.set(why, (kind.whys.get(why) ?? 0) + 1);
    kinds.set(words, kind);
  };
  for (let k = 0; k < (rows ? rows.length : rowCount); ++k) {
    const i = rows ? rows[k] : k, way = c.way(i);
    if (!isNaN(c.numbers[i])) continue;
    if (!way) add('without this measure', '');
    else if (way.status === 'certified' || way.status === 'numerical') add('infinite', way.method);
    else add({'below precision': 'a bound only', 'not defined': 'not defined'}[way.status] ?? way.status, way.method);
  }
  return [...kinds].map(([words, {count, whys}]) => {
    const [why] = [...whys].sort(([, a], [, b]) => b - a)[0];
    return `${many(count)} ${words}` + (why ? ` (${tmm.pretty(why)}${whys.size > 1 ? ', …' : ''})` : '');
  });
};
