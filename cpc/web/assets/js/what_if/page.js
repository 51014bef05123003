/* The page What if where scripts run: each movement ranks the countries again in the browser, without a request.
   Chances are those of the run until the worker has drawn for the very list that is shown. Without this file the form
   is sent and the server answers. */

import { effect } from './effect.js';
import { chance, factsOf, farthestText, fill, groupsText, say, useTexts } from './text.js';
import { around, factsOfStrip, readSweep, redrawSweep, sweepOf } from './follow.js';
import { fillIn, formOf, giveWay, isOfficial, markUp, pairsOf, questionOf, showFaults, useHints } from './form.js';
import { prepare, rank } from './kernel.js';
import { redraw } from './slope.js';
import { steps } from './steps.js';
import { keepInView } from './strip.js';

const WAIT = 60; // ms after the last event
const narrow = window.matchMedia('(max-width: 39.99em)'); // as in app.css
const DASH = '\u2013';
const byId = (id) => document.getElementById(id);
const read = (id) => JSON.parse(byId(id).textContent);

const payload = read('what-if-data');
const page = read('what-if-page');
const prepared = prepare(payload);
useTexts(page);
useHints(page.hints);
const form = formOf(payload);
const element = byId('what-if');
const names = new Map(payload.countries.map((country) => [country.code, country]));
const base = new Map(Object.entries(page.base.ranks));
const name = (code) => names.get(code)?.name ?? code;
const keyOf = (question) => JSON.stringify(pairsOf(question));

let faults = showFaults(form);
let isAsSent = true; // until the first movement
let question = faults ? { weights: {}, let_in: [], evidence: {}, options: {}, held: [] } : questionOf(form);
let answer = rank(prepared, question);
let drawn = page.drawn ? { key: keyOf(question), of: (code) => page.drawn[code] } : null;
let running = 0; // the number of the draws that are under way
let asked = 0;
let worker = null;
let canDraw = 'Worker' in window;
const followed = payload.countries.findIndex((country) => country.code === page.follow); // -1: none
let touched = null; // key of the weight that was moved last

/* ---- chances ----------------------------------------------------------------------------------------------------- */

/** Whose chances the cells show: "run", "running", "drawn" or "stale". */
function state() {
  if (running) { return 'running'; }
  if (drawn) { return drawn.key === keyOf(question) ? 'drawn' : isOfficial(question) ? 'run' : 'stale'; }
  return 'run';
}

function ofRun(country) {
  return country.rank !== null && country.low !== null ? [country.low, country.high, country.p20] : null;
}

function chancesOf(country) {
  const now = state();
  if (now === 'running' || now === 'stale') { return ['…', '…', '…']; }
  const found = now === 'drawn' ? drawn.of(country.code) : ofRun(country);
  const group = now === 'drawn' ? groupOf(found?.[2]) : page.groups[country.code];
  return found
    ? [`${found[0]}${DASH}${found[1]}`, chance(found[2]), page.groups_by?.labels[group] ?? DASH]
    : [DASH, DASH, DASH];
}

/** The group of a share of draws, where that share alone gives it. */
function groupOf(share) {
  const rule = page.groups_by;
  if (!rule || share === undefined) { return ''; }
  return share >= rule.in ? 'in' : share < rule.out ? 'out' : 'open';
}

function showDraws() {
  const now = state();
  document.querySelectorAll('#rows [data-of]').forEach((part) => {
    part.textContent = now === 'run' ? `settings of ${page.run}` : 'your settings';
  });
  byId('drawing').hidden = now !== 'running';
  byId('draw-say').hidden = now === 'running';
  const groups = () => answer.order.map((index) => groupOf(drawn.of(payload.countries[index].code)?.[2]));
  byId('draw-say').textContent = say('draws', {
    is_unable: !canDraw,
    is_stale: now === 'stale',
    is_drawn: now === 'drawn',
    has_changes: page.changes.length > 0,
    has_groups: Boolean(page.groups_by),
    groups: now === 'drawn' && page.groups_by ? groupsText(groups(), page.groups_by.labels) : '',
    draws: payload.draws.toLocaleString('en-US'),
    run: page.run,
  });
}

function progress(done) {
  byId('progress').value = done;
  byId('drawing').querySelector('label').textContent = `${done.toLocaleString('en-US')} of ${payload.draws.toLocaleString('en-US')} draws`;
}

/** Draws cannot be had: the button is left to the server. */
function giveUp() {
  canDraw = false;
  running = 0;
  show();
}

function heard({ data }) {
  if (data.number !== running) { return; } // a movement came in between: these chances are of no list on the page
  if (data.type === 'progress') { progress(data.done); return; }
  if (data.type === 'failed') { giveUp(); return; }
  const { low, high, p20 } = data.findings;
  const at = new Map(payload.countries.map((country, index) => [country.code, index]));
  running = 0;
  drawn = {
    key: keyOf(question),
    of: (code) => (low[at.get(code)] ? [low[at.get(code)], high[at.get(code)], p20[at.get(code)]] : null),
  };
  show();
}

function startDrawing(event) {
  if (!canDraw) { return; } // the button sends the form
  event.preventDefault();
  clearTimeout(wait);
  moved(); // what was typed just now counts too
  if (answer.error || faults) { return; }
  try {
    if (!worker) {
      worker = new Worker(page.worker, { type: 'module' });
      worker.onmessage = heard;
      worker.onerror = giveUp;
      worker.onmessageerror = giveUp;
      worker.postMessage({ type: 'start', payload, tables: page.tables });
    }
  } catch {
    giveUp();
    return;
  }
  asked += 1;
  running = asked;
  progress(0);
  worker.postMessage({ type: 'ask', number: running, question });
  show();
}

/* ---- what is shown ----------------------------------------------------------------------------------------------- */

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) { made.setAttribute(key, value); }
  return made;
}

const rankText = (rank) => (rank === null ? 'no rank' : String(rank));

function fillMoves(id, moves) {
  const items = moves.map((move) => {
    const item = document.createElement('li');
    item.append(
      make('a', name(move.code), { href: names.get(move.code)?.href ?? '#' }),
      make('span', `${rankText(move.before)} → ${rankText(move.after)}`),
    );
    return item;
  });
  byId(id).replaceChildren(...(items.length ? items : [make('li', 'None')]));
}

function movement(before, after) {
  const kind = before === null ? 'gained' : before === after ? 'same' : before > after ? 'up' : 'down';
  const part = byId(`move-${kind}`).content.cloneNode(true);
  const text = part.firstElementChild.lastChild;
  text.textContent = text.textContent.replace(/\d+/, Math.abs(before - after));
  return part;
}

function row(index) {
  const country = payload.countries[index];
  const { rank: now } = answer.rows[index];
  const before = base.get(country.code) ?? null;
  const line = document.createElement('tr');
  const head = make('th', '', { scope: 'row' });
  const move = document.createElement('td');
  const [interval, share, group] = chancesOf(country);
  head.append(make('a', country.name, { href: country.href }));
  move.append(movement(before, now));
  if (now === payload.first) { line.className = 'is-cut'; }
  line.append(
    make('td', now, { class: 'num u-strong' }),
    make('td', before ?? DASH, { class: 'num' }),
    head,
    move,
    make('td', interval, { class: 'num' }),
    make('td', share, { class: 'num' }),
    ...(page.groups_by ? [make('td', group)] : []),
  );
  return line;
}

function showList() {
  const shown = answer.order.slice(0, page.rows ?? answer.order.length);
  byId('rows').tBodies[0].replaceChildren(...shown.map(row));
  const count = byId('count');
  if (shown.length === answer.order.length) {
    count.textContent = `All ${answer.order.length} ranked`;
  } else {
    count.replaceChildren(`First ${shown.length} of ${answer.order.length}, `, make('a', 'all', { href: address(page.urls.page, { show: 'all' }, '#list') }));
  }
  const status = (wanted) => answer.rows.filter((found) => found.status === wanted).length;
  byId('counts').textContent = say('counts', { provisional: status('provisional'), outside: status('outside_pool') });
}

function showSlope(facts, ranks) {
  const figure = byId('slope');
  if (!figure) { return; }
  figure.querySelector('figcaption b').textContent = say('stay', facts);
  const rows = [...new Set([...base.keys(), ...ranks.keys()])].map((code) => ({
    name: name(code), href: names.get(code)?.href ?? '#', before: base.get(code) ?? null, after: ranks.get(code) ?? null,
  }));
  rows.sort((a, b) => (a.after ?? Infinity) - (b.after ?? Infinity));
  // Only the picture of this width: to ask whether one is in view would lay out the whole page.
  const svg = figure.querySelector(narrow.matches ? '.u-narrow svg' : '.u-wide svg');
  redraw(svg, [page.base.short, 'Now'], rows, { first: payload.first, top: page.top });
}

function showStops() {
  if (faults && isAsSent) { return; } // the server names the numbers of the address, and the run of the list
  const stops = [];
  if (faults) { stops.push(byId('stop-fault').content.cloneNode(true)); }
  if (answer.error) { stops.push(byId('stop-error').content.cloneNode(true)); }
  const lone = isStopped() ? '' : loneAxis();
  if (lone) {
    const part = byId('stop-lone').content.cloneNode(true);
    const text = part.querySelector('b');
    text.textContent = fill(text.textContent, { lone });
    stops.push(part);
  }
  byId('stops').replaceChildren(...stops);
  for (const id of ['slope', 'rows', 'counts']) { byId(id)?.classList.toggle('is-stopped', isStopped()); }
}

/** Whether the question cannot be answered. */
function isStopped() {
  return faults > 0 || Boolean(answer.error);
}

/** Show the sentences on an effect, or why there is none. */
function showSentences(facts) {
  byId('say').replaceChildren(make('b', say('verdict', facts)), ` ${say('rest', facts)}`);
  byId('noise').textContent = say('noise', facts);
  byId('bar').textContent = say('bar', facts);
}

function showFarthest(text) {
  byId('farthest').textContent = text;
  byId('farthest').hidden = !text;
}

/** Whether a question changes more than choices of the method, so that they alone move no country. */
function isMoreThanOptions() {
  return page.changes.length > 0 || pairsOf({ ...question, options: {}, held: [] }).length > 0;
}

/** The options that the question asks for, inside a sentence. */
function phrases() {
  return payload.choices.flatMap(({ key, options }) => (
    key in question.options ? [options.find((option) => option.key === question.options[key]).phrase] : []
  ));
}

/** The only one of need and feasibility that counts; "" where both do. */
function loneAxis() {
  const group = (key) => form.groups.find((one) => one.key === key);
  const weight = (key, percent) => question.weights[key] ?? percent;
  const counts = (key, percent) => weight(key, percent) > 0
    && (!group(key) || group(key).fields.some((field) => weight(field.key, field.percent) > 0 && counts(field.key, field.percent)));
  const left = group(form.root).fields.filter((field) => counts(field.key, field.percent));
  return left.length === 1 ? left[0].key : '';
}

function address(path, more = {}, hash = '', parameters = page.inAddress) {
  const pairs = new URLSearchParams([...parameters, ...pairsOf(question), ...Object.entries(more)]).toString();
  return path + (pairs && `?${pairs}`) + hash;
}

function showLinks() {
  const links = { 'keep-scenario': page.urls.keep, 'make-draft': page.urls.draft };
  const run = [['run', payload.run], ...page.changes]; // a newer one may come meanwhile
  for (const [id, path] of Object.entries(links)) { byId(id)?.setAttribute('href', address(path, {}, '', run)); }
  byId('csv').href = address(page.urls.page, { format: 'csv', ...(state() === 'drawn' ? { draws: '1' } : {}) });
}

/** Whether the numbers are still those of the scenario that the page was opened with. */
function showScenario() {
  if (!page.scenario) { return; }
  const same = keyOf(page.scenario) === keyOf(question);
  byId('scenario-is').hidden = !same;
  byId('scenario-from').hidden = same;
}

/* ---- the country that the page follows --------------------------------------------------------------------------- */

function showFollowed() {
  if (followed < 0) { return; }
  const [code, label] = [page.follow, name(page.follow)];
  const before = base.get(code) ?? null;
  const facts = factsOfStrip({
    answer, index: followed, before, name: label, base: page.base.short, first: payload.first, isStopped: isStopped(),
  });
  byId('follow-rank').textContent = rankText(facts.rank);
  byId('follow-was').textContent = say('follow_was', facts);
  byId('follow-say').replaceChildren(make('b', say('follow', facts)), ` ${say('follow_rest', facts)}`);
  byId('follow-stop').href = address(page.urls.page, {}, '', page.inAddress.filter(([key]) => key !== 'follow'));
  const near = isStopped() ? [] : around(answer.order, followed);
  byId('around-panel').hidden = !near.length;
  byId('around').tBodies[0].replaceChildren(...near.map(nearRow));
  showSweep(label);
}

function nearRow(index) {
  const country = payload.countries[index];
  const { rank: now } = answer.rows[index];
  const before = base.get(country.code) ?? null;
  const line = document.createElement('tr');
  const head = make('th', '', { scope: 'row' });
  const move = document.createElement('td');
  head.append(make('a', country.name, { href: country.href }));
  move.append(movement(before, now));
  if (index === followed) { line.className = 'is-own'; }
  line.append(make('td', now, { class: 'num u-strong' }), make('td', before ?? DASH, { class: 'num' }), head, move);
  return line;
}

function showSweep(label) {
  if (!touched) { return; } // the picture of the server stays until a weight is moved
  const group = form.groups.find(({ fields }) => fields.some(({ key }) => key === touched));
  const swept = isStopped() ? { ranks: [] } : sweepOf(prepared, question, group.fields, touched, followed);
  byId('sweep-panel').hidden = swept.ranks.length < 2;
  if (swept.ranks.length < 2) { return; }
  const { marks, text } = readSweep(swept, { name: label, first: payload.first, run: `Run ${payload.run}` });
  const title = say('sweep_title', { name: label, weight: page.names[touched] });
  byId('h-sweep').textContent = title;
  byId('sweep').querySelector('figcaption').replaceChildren(make('b', text), say('sweep_context', {}));
  byId('sweep').querySelectorAll('svg').forEach((svg) => redrawSweep(svg, title, swept.ranks, marks, payload.first));
}

/** The address with another country to follow, or with the values that the form has now. */
function addressOfForm() {
  const own = new Set([...element.querySelectorAll('[data-value]')].map((field) => field.name));
  const others = page.inAddress.filter(([key]) => key !== 'follow' && !own.has(key));
  const typed = [...new FormData(element)].filter(([key, value]) => value && (key === 'follow' || own.has(key)));
  return address(page.urls.page, {}, '', [...others, ...typed]);
}

function show() {
  const started = performance.now();
  const found = rank(prepared, question);
  // With nothing weighted there is no list: the last one stays, under the message.
  answer = found.error ? { ...answer, error: found.error } : found;
  const ranks = new Map(answer.order.map((index) => [payload.countries[index].code, answer.rows[index].rank]));
  const moves = effect(base, isStopped() ? base : ranks, payload.first); // no country moves while nothing is computed
  const facts = factsOf(moves, {
    name,
    row: (code) => ({ code, name: name(code), p20: names.get(code)?.p20, group: page.groups[code] }),
    run: page.run,
    isRun: isOfficial(question) && !page.changes.length && page.base.own,
    now: state() === 'drawn' ? (code) => drawn.of(code)?.[2] ?? null : null,
  });
  showStops();
  showSentences({ ...facts, is_stopped: isStopped(), has_faults: faults > 0 });
  showFarthest(page.base.own && !isStopped() && !isMoreThanOptions() ? farthestText(moves, name, phrases()) : '');
  fillMoves('ins', moves.enters);
  fillMoves('outs', moves.leaves);
  if (!isStopped()) {
    showList();
    showSlope(facts, ranks);
  }
  showDraws();
  showLinks();
  showScenario();
  showFollowed(); // last, so that a screen reader hears it after the effect
  performance.measure('what-if', { start: started });
}

/* ---- movements --------------------------------------------------------------------------------------------------- */

let wait = 0;
const visited = steps(question, (earlier) => {
  clearTimeout(wait);
  fillIn(form, earlier);
  markUp(form);
  moved();
});
const settle = keepInView(byId('bar'), element);

/** The key of the weight that a field or its slider sets; null for another field. */
function weightOf(target) {
  const found = form.groups.flatMap(({ fields }) => fields).find(({ input, range }) => input === target || range === target);
  return found?.key ?? null;
}

/** Answer what the form asks now. While a number is out of range, the last answer and its address stay. */
function moved() {
  document.documentElement.dataset.whatIf = 'ready';
  isAsSent = false;
  faults = showFaults(form);
  if (!faults) {
    const before = keyOf(question);
    question = questionOf(form);
    if (keyOf(question) !== before) { running = 0; }
    visited.show(question, address(page.urls.page));
  }
  show();
  settle();
}

/* A press on a button ends the entry in a field first. If the page answered that at once, its text could grow and move the
   button away from the pointer, and the browser would see no click. So the answer waits for the end of the press. */
let isPressed = false;
let held = null;

function whenReleased(action) {
  if (isPressed) { held = action; } else { action(); }
}

function release() {
  isPressed = false;
  const action = held;
  held = null;
  if (action) { setTimeout(action); } // after the click, which follows in the same task
}

document.addEventListener('pointerdown', ({ target }) => { isPressed = Boolean(target.closest('button, a, summary, label')); }, true);
document.addEventListener('pointerup', release, true);
document.addEventListener('pointercancel', release, true);

/** Whether a field is sent to the server, which alone can answer it. */
const isSent = (target) => target.id === 'keep' || target.id === 'follow' || 'value' in target.dataset;

element.addEventListener('input', ({ target }) => {
  if (isSent(target)) { return; }
  touched = weightOf(target) ?? touched;
  document.documentElement.dataset.whatIf = 'moving';
  giveWay(form, target);
  markUp(form);
  clearTimeout(wait);
  wait = setTimeout(() => whenReleased(moved), WAIT);
});
// The end of a movement: a slider let go, a number left or confirmed, a box ticked.
element.addEventListener('change', ({ target }) => {
  if (target.id === 'follow') { location.assign(addressOfForm()); }
  if (isSent(target)) { return; }
  clearTimeout(wait);
  whenReleased(() => {
    moved();
    visited.commit();
  });
});
element.addEventListener('submit', (event) => {
  if (event.submitter?.id === 'draw') { return; }
  event.preventDefault(); // Enter in a field: everything is shown already, but for values of a country
  if (event.submitter?.id === 'set-values' || 'value' in (document.activeElement?.dataset ?? {})) {
    location.assign(addressOfForm());
  }
});
byId('with').addEventListener('change', ({ target }) => {
  page.inAddress = [...page.inAddress.filter(([key]) => key !== 'with'), ['with', target.value]];
  location.assign(address(page.urls.page));
});
byId('draw')?.addEventListener('click', startDrawing);
byId('copy').addEventListener('click', async () => {
  const label = byId('copy').querySelector('span');
  try {
    await navigator.clipboard.writeText(new URL(address(page.urls.page), location.href).href);
    label.textContent = 'Link copied';
  } catch {
    label.textContent = 'Copy the page’s address';
    history.replaceState({ question }, '', address(page.urls.page));
  }
  setTimeout(() => { label.textContent = 'Copy link'; }, 2500);
});
narrow.addEventListener('change', show);

document.querySelectorAll('[data-script], .c-range').forEach((part) => { part.hidden = false; });
document.querySelectorAll('[data-noscript]').forEach((part) => { part.hidden = true; });
// A browser that comes back to a page keeps what was typed.
markUp(form);
show();
document.documentElement.dataset.whatIf = 'ready';
