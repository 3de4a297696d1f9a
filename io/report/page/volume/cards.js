// SPDX-License-Identifier: MIT
/// The cards of those that stand out: which they are, why each of them does, and how to have any other.
const standingOut = sections.find(([name]) => name === 'Operators');
standingOut[0] = 'Cards';
standingOut[1] = true;
const allCards = standingOut[2];
standingOut[2] = (section) => {
  const {undecided, not_fredholm: circle, warned, chosen, most_of_a_kind: most, most_chosen: mostChosen} = volume.counts;
  const shown = (count, words, limit) => count ? [`${count > limit ? `${limit} of ` : ''}${many(count)} ${words}`] : [];
  const kinds = [...shown(undecided, 'with something undecided', most), ...shown(circle, 'that are not Fredholm', most), ...shown(warned, 'with warnings', most), ...shown(chosen, 'chosen by --cards', mostChosen)];
  const other = Array.from({length: rowCount}, (_, i) => i).find((i) => !cardOfRow.has(i));
  section.append(make('p', {}, `${operators.length} of ${many(rowCount)} operators have a card: those with the least and the greatest value of each measure under Distributions` + (kinds.length ? `, and of those ${kinds.join(', ')}, the first by name.` : '.')),
    make('p', {}, `A card of any other is one command away, which ${commandSays}; the table gives it for every line. Of ${rowLabel(other)}: `, commandLine(cardCommand(other))),
    make('p', {class: 'note'}, `Up to ${volume.most_cards} operators each have a card. `, make('code', {}, '--layers'), ' chooses fewer operators, ', make('code', {}, '--cards'), ' more cards for this page.'));
  if (volume.unmatched.length) section.append(make('p', {class: 'warning'}, `No operator matches what --cards has: ${volume.unmatched.join(', ')}.`));
  allCards(section);
  section.querySelectorAll('.card').forEach((card, k) => {
    const {row, why: reasons} = volume.cards[k], words = reasons.map((why) => why.replace(/^(smallest|largest) (.+)$/, (_, side, id) => {
      const {numbers} = column(id), alike = numbers.reduce((sum, v) => sum + (v === numbers[row] ? 1 : 0), 0);
      return `${side} ${title(id)}` + (alike > 1 ? ` (as ${many(alike - 1)} more)` : '');
    }));
    card.querySelector('header').after(make('p', {class: 'note why'}, 'Stands out: ' + words.join(', ') + '.'));
  });
};
