/* What a question changes, in numbers and in sentences: the same as selection/what_if/effect.py and
   selection/what_if/presenters/sentences.py write on the server. No DOM. */

const FAR = 5;
const FAR_TEXT = 'five';
const NAMED_MOVES = 3;
const NAMED = 4;
const MANY = 3;
const OPEN = 'open';
/** Texts instead of an effect while nothing can be computed, as on the server. */
export const NOTHING_WEIGHTED = ['No country can be ranked.', 'Every weight is 0: raise need or feasibility.'];
export const OUT_OF_RANGE = ['A number is out of range.', 'Correct each number that is marked to see the effect.'];
export const NO_EFFECT = 'Nothing to explain: no effect was computed.';
const NOT_DRAWN = 'The draws of the run do not show how sure these ranks were.';
const OPEN_ALL_ALONG = 'Each of these countries was already open: neither firmly in nor firmly out.';
const WORDS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

/**
 * Compare two lists of ranks, maps from code to rank.
 * @returns who `enters` and `leaves` the first N as [{code, before, after}], and counts of who moves
 */
export function effect(before, after, first) {
  const codes = [...new Set([...before.keys(), ...after.keys()])].sort();
  const moves = codes.map((code) => ({ code, before: before.get(code) ?? null, after: after.get(code) ?? null }));
  const both = moves.filter((move) => move.before !== null && move.after !== null);
  const far = both.filter((move) => Math.abs(move.before - move.after) >= FAR);
  const within = (rank) => rank !== null && rank <= first;
  return {
    first,
    ranked: after.size,
    within: [...after.values()].filter((rank) => rank <= first).length,
    enters: moves.filter((m) => within(m.after) && !within(m.before)).sort((a, b) => a.after - b.after),
    leaves: moves.filter((m) => within(m.before) && !within(m.after)).sort((a, b) => a.before - b.before),
    far: far.length,
    nearest: Math.min(...far.map((move) => Math.min(move.before, move.after))),
    moved: both.filter((move) => move.before !== move.after).length,
    gained: moves.filter((move) => move.before === null).length,
    lost: moves.filter((move) => move.after === null).length,
    farthest: farthest(both),
  };
}

/** The farthest movements between two ranks: those far, or else the farthest alone. */
function farthest(both) {
  const distance = (move) => Math.abs(move.before - move.after);
  const moved = both.filter(distance);
  moved.sort((a, b) => distance(b) - distance(a) || a.after - b.after); // codes are sorted already
  const named = moved.slice(0, NAMED_MOVES).filter((move) => distance(move) >= FAR).length;
  return moved.slice(0, Math.max(named, 1));
}

/** Who moves farthest by the options of a question, written out in `phrases`: "With child labor “own survey first”, …". */
export function farthestText(found, name, phrases) {
  if (!phrases.length || !found.farthest.length) { return ''; }
  const moves = found.farthest.map(({ code, before, after }, i) => `${name(code)}${i ? '' : ' moves'} from ${before} to ${after}`);
  return `With ${joined(phrases)}, ${joined(moves)}.`;
}

/** How the draws of a question went by group: "0 firmly in, 58 open, 23 firmly out"; `groups` are those of the ranked. */
export function groupsText(groups, labels) {
  const text = (key) => labels[key][0].toLowerCase() + labels[key].slice(1);
  return Object.keys(labels).map((key) => `${groups.filter((group) => group === key).length} ${text(key)}`).join(', ');
}

/** Write a number with at most `digits` decimals and without zeros at its end. */
export function written(number, digits = 4) {
  return String(Number(number.toFixed(digits)));
}

let limits = [];

/** Set the chances over which rounding must not take another: those at which a country changes its group. */
export function useLimits(shares) {
  limits = shares;
}

/** A share of draws in a cell, or in prose: half to even, never 0 or 100, and with a decimal beside a limit. */
export function chance(share, prose = false) {
  if (share < 0.01) { return prose ? 'under 1%' : '<1%'; }
  if (share > 0.99) { return prose ? 'over 99%' : '>99%'; }
  const percent = Math.round(share * 1e6) / 1e4;
  const whole = Math.round(percent);
  const even = whole - percent === 0.5 && whole % 2 ? whole - 1 : whole;
  const crosses = limits.some((limit) => (share >= limit) !== (even / 100 >= limit));
  return crosses ? `${percent.toFixed(1)}%` : `${even}%`;
}

function joined(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Join names, counting those beyond the first few. */
export function listed(names) {
  if (names.length <= NAMED) { return joined(names); }
  return `${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`;
}

export function countries(count) {
  return count === 1 ? '1 country' : count ? `${count} countries` : 'no country';
}

function farText(found, crossed) {
  if (!found.moved) { return 'No country moves.'; }
  if (!found.far) { return `No country moves by ${FAR_TEXT} places or more.`; }
  const beyond = crossed || found.nearest < 2 ? '' : `, none of them in the first ${found.nearest - 1}`;
  return `${found.far} of ${found.ranked} countries ${found.far === 1 ? 'moves' : 'move'} by ${FAR_TEXT} places or more${beyond}.`;
}

function rankText(found) {
  const gained = found.gained ? `${countries(found.gained)} ${found.gained === 1 ? 'gains' : 'gain'} a rank` : '';
  const lost = found.lost ? `${countries(found.lost)} ${found.lost === 1 ? 'loses its' : 'lose their'} rank` : '';
  const both = [gained, lost].filter(Boolean).join('; ');
  return both && `${both}.`;
}

/** Who enters and leaves the first N, then how many move: [bold, rest]. `unchanged` is the text if nothing is asked. */
export function effectText(found, name, unchanged = '') {
  if (!found.ranked) { return ['No country is ranked under these rules.', 'Loosen a rule of evidence, or turn one off.']; }
  if (found.ranked === 1) { return ['Only one country is ranked, so nothing can move.', '']; }
  if (unchanged) { return [unchanged, 'Change a number to see who would move.']; }
  const [enter, leave] = [found.enters, found.leaves].map((moves) => moves.map((move) => name(move.code)));
  const parts = [];
  if (enter.length) { parts.push(`${listed(enter)} ${enter.length > 1 ? 'enter' : 'enters'} the first ${found.first}`); }
  if (leave.length) {
    parts.push(`${listed(leave)} ${leave.length > 1 ? 'leave' : 'leaves'} ${enter.length ? 'it' : `the first ${found.first}`}`);
  }
  const bold = parts.length ? `${parts.join('; ')}.` : `The first ${found.first} stay the same.`;
  return [bold, [farText(found, parts.length > 0), rankText(found)].filter(Boolean).join(' ')];
}

function chances(rows, did) {
  if (!rows.length) { return []; }
  if (rows.length > NAMED) {
    const shares = rows.map((row) => row.p20 ?? 0);
    const [low, high] = [Math.min(...shares), Math.max(...shares)].map((end) => chance(end, true));
    return [`${rows.length} countries ${did} in ${low} to ${high} of draws`];
  }
  const others = rows.slice(1).map((row) => `${row.name} in ${chance(row.p20, true)}`);
  return [joined([`${rows[0].name} ${did} in ${chance(rows[0].p20, true)} of draws`, ...others])];
}

/** "Yes." or "No."; of many changes at once only their number, as draws are not counted for them together. */
function moreThanNoise(found, row) {
  const drawn = (move) => move.before !== null && move.after !== null && Boolean(row(move.code).group);
  const [leave, enter] = [found.leaves, found.enters].map((moves) => moves.filter(drawn).map((move) => row(move.code)));
  const count = Math.max(leave.length, enter.length);
  if (count >= MANY) { return `${WORDS[count] ?? count} places change at once. The draws do not show how likely all these changes are together.`; }
  if (!count) { return ''; }
  return [...leave, ...enter].some((one) => one.group !== OPEN) ? 'Yes.' : 'No.';
}

/**
 * Whether the run itself left the places open that change hands. `row(code)` is {code, name, p20, group} of the run;
 * `now(code)` is the share of draws with the weights asked for, null where none were made.
 */
export function noiseText(found, row, run, now = null) {
  if (!found.enters.length && !found.leaves.length) { return 'Nothing to explain: no country enters or leaves.'; }
  // Only of countries with a rank in both lists do the draws of the run say something.
  const isRanked = (move) => move.before !== null && move.after !== null;
  const drawn = (move) => isRanked(move) && Boolean(row(move.code).group);
  const [leave, enter] = [found.leaves, found.enters].map((moves) => moves.filter(drawn).map((move) => row(move.code)));
  const [lose, gain] = [found.leaves, found.enters].map((moves) => moves.filter((m) => !isRanked(m)).map((m) => row(m.code).name));
  const other = [
    gain.length ? `${listed(gain)} ${gain.length > 1 ? 'gain' : 'gains'} a rank.` : '',
    lose.length ? `${listed(lose)} ${lose.length > 1 ? 'lose their' : 'loses its'} rank.` : '',
  ].filter(Boolean).join(' ');
  if (!leave.length && !enter.length) {
    return other ? `The change is in which countries are ranked, not in their order. ${other}` : NOT_DRAWN;
  }
  const top = `the first ${found.first}`;
  const changes = [...chances(leave, `stayed in ${top}`), ...chances(enter, `reached ${top}`)].join('; ');
  const settled = [...leave, ...enter].filter((r) => r.group !== OPEN).map((r) => r.name);
  const both = (one) => `${one.name} ${chance(now(one.code) ?? 0, true)}, was ${chance(one.p20 ?? 0, true)}`;
  const named = [...leave.slice(0, NAMED), ...enter.slice(0, NAMED)];
  const more = leave.length + enter.length - named.length;
  const facts = now
    ? `Share of draws in the first ${found.first}: ${[...named.map(both), ...(more ? [`${more} more in the list`] : [])].join('; ')}.`
    : `In ${run}, ${changes}.`;
  const rest = settled.length ? `${run[0].toUpperCase()}${run.slice(1)} left no doubt about ${listed(settled)}.` : OPEN_ALL_ALONG;
  return [moreThanNoise(found, row), facts, rest, other].filter(Boolean).join(' ');
}

/** How many of the first N are the same in both lists. */
export function stayText(found) {
  const stay = found.within - found.enters.length;
  if (!found.within) { return 'No list to show.'; }
  if (stay === found.within && !found.leaves.length) { return `The same ${found.within} countries are first in both.`; }
  return `${stay} of the first ${found.first} stay in both.`;
}

/** The effect in one line for small screens, and whether it is more than noise. */
export function barText(found, name, row) {
  if (!found.enters.length && !found.leaves.length) { return `The first ${found.first} stay the same.`; }
  const [enter, leave] = [found.enters, found.leaves].map((moves) => listed(moves.map((move) => name(move.code))));
  const noise = moreThanNoise(found, row);
  const more = ['Yes.', 'No.'].includes(noise) ? ` More than noise? ${noise}` : '';
  return `In: ${enter || 'none'}. Out: ${leave || 'none'}.${more}`;
}

/** How many countries have no rank, and why. */
export function countText(provisional, outside) {
  const text = `${countries(provisional)} ${provisional > 1 ? 'are' : 'is'} provisional and ${provisional > 1 ? 'get' : 'gets'} no rank; ${countries(outside)} of the TIP Report ${outside > 1 ? 'are' : 'is'} outside the pool.`;
  return text[0].toUpperCase() + text.slice(1);
}

/** A share of the whole: whole percent from ten on, else with a decimal. */
export function shareText(share) {
  const percent = 100 * share;
  return percent >= 9.95 ? `${percent.toFixed(0)}%` : `${written(percent, 1)}%`;
}

/** What to know of a group whose numbers do not add up to 100. */
export function sumText(numbers) {
  const total = numbers.reduce((sum, number) => sum + number, 0);
  if (!total) { return 'All are 0, so the group does not count. Its weight goes to the other groups at its level.'; }
  if (Math.abs(total - 100) < 0.35) { return ''; }
  const shares = joined(numbers.map((number) => `${written((100 * number) / total, 1)}%`));
  return `Adds up to ${written(total, 1)}, so the shares used are ${shares}.`;
}
