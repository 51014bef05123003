/* The country that the page What if follows: its strip, its neighbors, and its rank over the weight that was moved last.
   The arithmetic is that of selection/what_if/follow.py, the picture that of cpc/web/charts/weight_ranks.py. */

import { rank } from './kernel.js';
import { rounded, say, written } from './text.js';

const POINTS = 41;
const AROUND = 2;
const DIGITS = 4;
const HEIGHT = 200;
const [LEFT, RIGHT, TOP, BOTTOM, STEP] = [30, 18, 8, 24, 20];
const SPACE = 'http://www.w3.org/2000/svg';

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const tenth = (score) => (score === null ? '\u2013' : rounded(score, 1).toFixed(1));

/** Facts of the strip's sentences. `index` is the country's number in the payload; `before` its rank in the other list. */
export function factsOfStrip({ answer, index, before, name, base, first, isStopped }) {
  const row = answer.rows[index];
  const rise = before !== null && row.rank !== null ? before - row.rank : 0;
  const line = answer.order.length >= first ? answer.rows[answer.order[first - 1]].score : null;
  return {
    name,
    is_stopped: isStopped,
    rank: row.rank,
    no_rank: row.rank === null,
    before,
    gained: row.rank !== null && before === null,
    rise: Math.max(rise, 0),
    fall: Math.max(-rise, 0),
    inside: row.rank !== null && row.rank <= first,
    short: (row.rank ?? 0) - first,
    first,
    base: base.startsWith('Run') ? base.toLowerCase() : base,
    score: tenth(row.score),
    line: tenth(line),
    would: row.place,
  };
}

/** The numbers of the ranked countries around one, itself included; none if it has no rank. */
export function around(order, index) {
  const at = order.indexOf(index);
  if (at < 0) { return []; }
  const start = Math.max(0, Math.min(at - AROUND, order.length - 2 * AROUND - 1));
  return order.slice(start, start + 2 * AROUND + 1);
}

/** The weights of a group in percent of it, by key; `fields` are {key, percent}. */
export function sharesOf(fields, weights) {
  const numbers = fields.map(({ key, percent }) => weights[key] ?? percent);
  const total = sum(numbers);
  return new Map(fields.map(({ key }, i) => [key, total ? (100 * numbers[i]) / total : 0]));
}

/** The weights of a group if one takes so many percent and the others keep their proportions. */
export function weightsAt(shares, key, percent) {
  const rest = sum([...shares].filter(([name]) => name !== key).map(([, share]) => share));
  return Object.fromEntries([...shares].map(([name, share]) => {
    const part = rest ? share / rest : 1 / (shares.size - 1);
    return [name, name === key ? percent : rounded((100 - percent) * part, DIGITS)];
  }));
}

/** The rank of a country at each percentage of one weight: pairs, without those where it has none. */
export function sweepOf(prepared, question, fields, key, index) {
  const shares = sharesOf(fields, question.weights);
  const ranks = [];
  for (let k = 0; k < POINTS; k += 1) {
    const weights = { ...question.weights, ...weightsAt(shares, key, 2.5 * k) };
    const found = rank(prepared, { ...question, weights });
    const then = found.error ? null : found.rows[index].rank;
    if (then !== null) { ranks.push([2.5 * k, then]); }
  }
  return { key, now: shares.get(key), own: fields.find((field) => field.key === key).percent, ranks };
}

const closest = (pairs, percent) => pairs.reduce((best, pair) => (
  Math.abs(pair[0] - percent) < Math.abs(best[0] - percent) ? pair : best
));

/** What the sentence on a sweep needs, and what its picture marks. */
export function readSweep({ ranks, now, own }, { name, first, run }) {
  const [at, current] = closest(ranks, now);
  const [before, rankBefore] = closest(ranks, own);
  const top = Math.min(...ranks.map(([, one]) => one));
  const [bestAt] = closest(ranks.filter(([, one]) => one === top), now);
  const inside = current <= first;
  const others = ranks.filter(([, one]) => (one <= first) !== inside);
  const turn = others.length ? closest(others, now)[0] : null;
  const marks = [{ percent: at, rank: current, label: `Now: ${current}`, isNow: true }];
  if (before !== at) { marks.unshift({ percent: before, rank: rankBefore, label: `${run}: ${rankBefore}` }); }
  if (bestAt !== before && bestAt !== at) { marks.push({ percent: bestAt, rank: top, label: `Best: ${top}` }); }
  const facts = {
    name,
    first,
    best: top,
    at: written(bestAt, 1),
    turn: turn === null ? '' : written(turn, 1),
    inside,
    always: turn === null && inside,
    never: turn === null && !inside,
  };
  return { marks, text: say('sweep', facts) };
}

function tag(name, attributes, text) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) { element.setAttribute(key, value); }
  if (text !== undefined) { element.textContent = text; }
  return element;
}

/** Redraw a picture of the ranks; its title and description are written again. */
export function redrawSweep(svg, title, ranks, marks, first) {
  const width = svg.viewBox.baseVal.width;
  const last = Math.ceil(Math.max(first, ...ranks.map(([, one]) => one)) / STEP) * STEP;
  const x = (percent) => LEFT + ((width - RIGHT - LEFT) * percent) / 100;
  const y = (one) => TOP + ((HEIGHT - BOTTOM - TOP) * (one - 1)) / (last - 1);
  const parts = [tag('rect', { class: 'k-quad', x: LEFT, y: TOP, width: width - RIGHT - LEFT, height: y(first) - TOP })];
  for (let one = 0; one <= last; one += STEP) {
    const at = y(one || 1);
    parts.push(tag('path', { class: 'k-grid', d: `M${LEFT} ${at}L${width - RIGHT} ${at}` }));
    parts.push(tag('text', { class: 'k-ax', x: 22, y: at + 4, 'text-anchor': 'end' }, String(one || 1)));
  }
  for (let percent = 0; percent <= 100; percent += STEP) {
    parts.push(tag('text', { class: 'k-ax', x: x(percent), y: HEIGHT - 4, 'text-anchor': 'middle' }, `${percent}%`));
  }
  const points = ranks.map(([percent, one]) => `${x(percent).toFixed(1)} ${y(one).toFixed(1)}`);
  parts.push(tag('path', { class: 'k-line', d: `M${points.join('L')}` }));
  for (const { percent, rank: one, label, isNow } of marks) {
    const [cx, cy] = [x(percent), y(one)];
    parts.push(tag('circle', { class: isNow ? 'k-dot' : 'k-hollow', cx, cy, r: isNow ? 5 : 4.5 }));
    const isAtEnd = cx > width - 80;
    parts.push(tag('text', {
      class: isNow ? 'k-lb k-lb--on' : 'k-lb',
      x: cx + (isAtEnd ? -6 : 6),
      y: cy + 18,
      ...(isAtEnd ? { 'text-anchor': 'end' } : {}),
    }, label));
  }
  const [named, described] = [svg.querySelector('title'), svg.querySelector('desc')];
  named.textContent = title;
  described.textContent = ranks.filter((_, i) => i % Math.max(1, Math.floor(ranks.length / 5)) === 0)
    .map(([percent, one]) => `rank ${one} at ${percent} percent`).join('; ');
  svg.replaceChildren(named, described, ...parts);
}
