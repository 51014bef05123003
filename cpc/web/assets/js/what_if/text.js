/* Sentences of the What if page, from facts on the effect of a question. The texts come with the page, from
   templates/selection/what_if/sentences.json; selection/what_if/presenters/sentences.py explains them, and fills the
   same ones on the server. No DOM. */

import { isRankedTwice } from './effect.js';
import { rint } from './official.js';

const NAMED = 4;
const MANY = 3;
const OPEN = 'open';
const NUMERALS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

let texts = {};
let limits = [];

/**
 * Take over the texts of the page, and the chances at which a country changes its group: rounding must not take a
 * chance over one of them.
 */
export function useTexts({ sentences, limits: shares }) {
  texts = sentences;
  limits = shares;
}

/** Put facts into a text: "{far}" is a fact. */
export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

/** A text filled with facts: of each of its sentences the first version whose conditions hold. */
export function say(key, facts) {
  const parts = typeof texts[key] === 'string' ? [[['', texts[key]]]] : texts[key];
  return parts.map((versions) => sentence(versions, facts)).filter(Boolean).join(' ');
}

function sentence(versions, facts) {
  const holds = (condition) => {
    const [name, value] = condition.split('=');
    return value === undefined ? Boolean(facts[name]) : String(facts[name]) === value;
  };
  const [, text] = versions.find(([conditions]) => conditions.split(' ').filter(Boolean).every(holds)) ?? ['', ''];
  return fill(text.replace(/\[(\w+):([^\]]*)\]/g, (_, name, forms) => form(facts[name], forms.split('|'))), facts);
}

function form(count, forms) {
  const [many, one, zero = many] = [...forms].reverse();
  return (count === 0 ? zero : count === 1 ? one : many).replace('#', count.toLocaleString('en-US'));
}

/** Round a number as it is written, half to even, as selection/what_if/question.py does. */
export function rounded(number, digits) {
  return Math.abs(number) < 1e-6 ? 0 : rint(Number(`${number}e${digits}`)) / 10 ** digits;
}

/** Write a number with at most `digits` decimals and without zeros at its end. */
export function written(number, digits = 4) {
  return String(rounded(number, digits));
}

/** A share of draws in a cell, or in prose: never 0 or 100, and with a decimal beside a limit. */
export function chance(share, prose = false) {
  if (share < 0.01) { return prose ? 'under 1%' : '<1%'; }
  if (share > 0.99) { return prose ? 'over 99%' : '>99%'; }
  const percent = Number(`${share}e2`); // not 100 * share, which is 28.999999999999996 for 0.29
  const whole = rounded(percent, 0);
  const crosses = limits.some((limit) => (share >= limit) !== (whole / 100 >= limit));
  return crosses ? `${rounded(percent, 1).toFixed(1)}%` : `${whole}%`;
}

function joined(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Join names, counting those beyond the first few. */
export function listed(names) {
  if (names.length <= NAMED) { return joined(names); }
  return `${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`;
}

/**
 * What the sentences on an effect need. `row(code)` is {code, name, p20, group} of the run; `isRun` tells that the
 * question is that of the list it is compared with; `now(code)` is the share of draws with the weights asked for, null
 * where none were made.
 */
export function factsOf(found, { name, row, run, isRun = false, now = null }) {
  const hasDraws = (move) => isRankedTwice(move) && Boolean(row(move.code).group); // else the run's draws tell nothing
  const names = (moves) => listed(moves.map((move) => name(move.code)));
  const [leave, enter] = [found.leaves, found.enters].map((moves) => moves.filter(hasDraws).map((move) => row(move.code)));
  const [losing, gaining] = [found.leaves, found.enters].map((moves) => moves.filter((move) => !isRankedTwice(move)));
  const crossing = found.enters.length + found.leaves.length;
  const stay = found.within - found.enters.length;
  const most = Math.max(leave.length, enter.length);
  return {
    ...found,
    stay,
    is_same: stay === found.within && !found.leaves.length,
    is_run: isRun,
    enters: found.enters.length,
    leaves: found.leaves.length,
    crossing,
    entering: names(found.enters),
    leaving: names(found.leaves),
    gaining: names(gaining),
    losing: names(losing),
    above: !crossing && found.far ? found.nearest - 1 : 0,
    gain: gaining.length,
    lose: losing.length,
    ranks_changed: gaining.length + losing.length,
    assessed: leave.length + enter.length,
    many: most >= MANY ? NUMERALS[most] ?? String(most) : '',
    settled: listed([...leave, ...enter].filter(({ group }) => group !== OPEN).map((one) => one.name)),
    is_drawn: now !== null,
    chances: [...chances('stayed', leave, found.first), ...chances('reached', enter, found.first)].join('; '),
    chances_now: now ? chancesNow(leave, enter, now) : '',
    run,
    Run: run[0].toUpperCase() + run.slice(1),
  };
}

/** The shares of draws in which countries were among the first N: one by one, or of many as a range. */
function chances(did, rows, first) {
  if (!rows.length) { return []; }
  const shares = rows.map((row) => row.p20 ?? 0);
  if (rows.length > NAMED) {
    const [low, high] = [Math.min(...shares), Math.max(...shares)].map((end) => chance(end, true));
    return [say(`${did}_many`, { count: rows.length, first, low, high })];
  }
  return [joined(rows.map(({ name }, i) => (
    say(i ? 'chance_next' : `${did}_first`, { name, chance: chance(shares[i], true), first })
  )))];
}

/** Chances with the question's weights and those of the run: "Burundi 53%, was 37%". */
function chancesNow(leave, enter, now) {
  const rows = [...leave.slice(0, NAMED), ...enter.slice(0, NAMED)];
  const changes = rows.map(({ code, name, p20 }) => (
    say('chance_now', { name, now: chance(now(code) ?? 0, true), chance: chance(p20 ?? 0, true) })
  ));
  return [...changes, say('more_in_list', { more: leave.length + enter.length - rows.length })].filter(Boolean).join('; ');
}

/** Who moves farthest by the options of a question, written out in `phrases`: "With child labor “own survey first”, …". */
export function farthestText(found, name, phrases) {
  const moves = found.farthest.map(({ code, before, after }, i) => (
    say(i ? 'farthest_next' : 'farthest_first', { name: name(code), before, after })
  ));
  return say('farthest', { phrases: joined(phrases), farthest: joined(moves) });
}

/** How the draws of a question went by group: "0 firmly in, 58 open, 23 firmly out"; `groups` are those of the ranked. */
export function groupsText(groups, labels) {
  const text = (key) => labels[key][0].toLowerCase() + labels[key].slice(1);
  return Object.keys(labels).map((key) => `${groups.filter((group) => group === key).length} ${text(key)}`).join(', ');
}

/** A share of the whole: whole percent from ten on, else with a decimal. */
export function shareText(share) {
  const percent = 100 * share;
  return `${written(percent, percent >= 9.95 ? 0 : 1)}%`;
}

/** What to know of a group whose numbers do not add up to 100. */
export function sumText(numbers) {
  const total = numbers.reduce((sum, number) => sum + number, 0);
  const shares = joined(numbers.map((number) => `${written((100 * number) / total, 1)}%`));
  return say('sum', { total: written(total, 1), is_zero: !total, is_near_100: Math.abs(total - 100) < 0.35, shares });
}
