/* Keys, paste, undo, and the evidence of the cell in focus, for the rating grid. Without it the grid is a form with one
   Save. Nothing here writes a rating: the server takes what the form holds. */

import { cellsOfBlock } from '../sheets/blocks.js';

const STORE_AFTER = 1500;
const TRY_AGAIN = 20000;
const OPEN_AFTER = 180;
const STEP = /^(?:[0-4](?:\.0+)?|n)$/i;
const WITH_REASON = /^\s*([0-4n])\s*:\s+(\S[\s\S]*)$/i;

const form = document.querySelector('[data-rating-form]');
const table = form?.querySelector('[data-grid]');
const stash = form?.querySelector('[data-stash]');
const drawer = form?.querySelector('aside[data-part="drawer"]');
const anchors = form?.querySelector('[data-part="anchors"]');
const rows = table ? Array.from(table.tBodies[0].rows).map((row) => Array.from(row.querySelectorAll('[data-cell]'))) : [];
const cells = rows.flat();
const byKey = new Map(cells.map((cell) => [cell.dataset.cell, cell]));
const rubrics = new Map();
const edited = new Set();

let current = null;
let asked = '';

const isStep = (text) => text === '' || STEP.test(text);
const tidy = (text) => (STEP.test(text.trim()) ? text.trim().toLowerCase().replace(/\.0+$/, '') : text.trim());
const drawerOf = (key) => form.querySelector(`[data-drawer="${CSS.escape(key)}"]`);
const placeOf = (cell) => { const down = rows.findIndex((row) => row.includes(cell)); return [down, rows[down].indexOf(cell)]; };
const faultOf = (cell) => `${cell.getAttribute('aria-label')}: ${cell.value} is not a step. Use 0 to 4, or n.`;

/* --- what is not saved ------------------------------------------------------------------------------- */

const numerals = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];

function mark(cell) {
  const box = cell.closest('td');
  const { cell: key, saved } = cell.dataset;
  const isBad = !isStep(cell.value);
  box.classList.toggle('is-new', cell.value !== saved || edited.has(key) || cell.dataset.stored === 'yes');
  box.classList.toggle('is-bad', isBad);
  box.classList.toggle('is-gap', cell.value === 'n');
  cell.setAttribute('aria-invalid', String(isBad));
  const list = form.querySelector('[data-faults]');
  list.querySelector(`[data-goto="${CSS.escape(key)}"]`)?.closest('li').remove();
  if (isBad) {
    const line = document.createElement('li');
    const link = document.createElement('a');
    const [code, criterion] = key.split('.');
    link.className = 'w-bad';
    link.id = `why-${code}-${criterion}`;
    link.href = `?cell=${key}`;
    link.dataset.goto = key;
    link.textContent = faultOf(cell);
    line.append(link);
    list.append(line);
    cell.setAttribute('aria-describedby', link.id);
  } else {
    cell.removeAttribute('aria-describedby');
  }
}

function count() {
  const number = table.querySelectorAll('.is-new').length;
  const text = `${numerals[number] ?? number} ${number === 1 ? 'change is' : 'changes are'} not saved yet.`;
  form.querySelector('[data-count]').textContent = number ? text : 'Nothing is changed yet.';
}

/* --- undo: each step is a list of cells with the texts before it --------------------------------------- */

const steps = [];

function put(cell, value, step) {
  if (cell.value === value) { return; }
  step.push([cell, cell.value]);
  cell.value = value;
  mark(cell);
  if (cell === current) { showStep(); }
}

function done(step) {
  if (step.length) { steps.push(step); changed(); }
}

function undo() {
  const step = steps.pop();
  if (!step) { return; }
  step.reverse().forEach(([cell, before]) => { cell.value = before; mark(cell); });
  go(step.at(-1)[0]);
  showStep();
  changed();
}

/* --- the cell in focus -------------------------------------------------------------------------------- */

function go(cell) {
  cell?.focus();
  cell?.select();
}

/** Show which step of the rubric the cell in focus has, and which one the reason is about. */
function showStep() {
  anchors.querySelectorAll('[data-rate]').forEach((button) => {
    const isYours = button.dataset.rate === current?.value;
    button.setAttribute('aria-pressed', String(isYours));
    button.querySelector('[data-yours]').hidden = !isYours;
  });
  const why = drawer.querySelector('[data-why-step]');
  if (why) { why.textContent = isStep(current?.value ?? '') && current?.value ? current.value : 'this step'; }
}

function showParts(key) {
  const next = drawerOf(key);
  const shown = drawer.querySelector('[data-drawer]');
  if (shown && shown !== next) {
    shown.querySelector('h2')?.removeAttribute('id');
    stash.append(shown);
  }
  if (next && next.parentElement !== drawer) { drawer.append(next); }
  next?.querySelector('h2')?.setAttribute('id', 'h-cell');
  if (rubrics.has(key)) { anchors.replaceChildren(rubrics.get(key)); }
  showStep();
}

function takeReason(key) {
  const pasted = form.elements[`reason.${key}`];
  const why = form.elements[`why.${key}`];
  if (pasted && why) { why.value = pasted.value; pasted.remove(); }
}

async function open(key) {
  asked = key;
  if (!drawerOf(key)) {
    let text;
    try {
      const answer = await fetch(`${form.dataset.path}?cell=${key}&part=1`);
      if (!answer.ok) { throw new Error(String(answer.status)); }
      text = await answer.text();
    } catch {
      trouble('The evidence of this cell can’t be loaded: the site can’t be reached. You can go on rating.');
      return false;
    }
    if (drawerOf(key)) { return asked === key; }
    const parts = new DOMParser().parseFromString(text, 'text/html');
    parts.querySelector('[data-drawer] h2')?.removeAttribute('id');
    stash.append(parts.querySelector('[data-drawer]'));
    rubrics.set(key, parts.querySelector('[data-part="anchors"]').firstElementChild);
    takeReason(key);
  }
  if (asked !== key) { return false; }
  showParts(key);
  return true;
}

let opening = null;

function enter(cell) {
  current = cell;
  table.querySelectorAll('.is-on, .is-row, .is-col').forEach((one) => { one.classList.remove('is-on', 'is-row', 'is-col'); });
  cell.closest('td').classList.add('is-on');
  cell.closest('tr').classList.add('is-row');
  table.tHead.rows[0].cells[placeOf(cell)[1] + 1].classList.add('is-col');
  form.elements.at.value = cell.dataset.cell;
  clearTimeout(opening);
  opening = setTimeout(() => { open(cell.dataset.cell); }, drawerOf(cell.dataset.cell) ? 0 : OPEN_AFTER);
}

async function toEvidence() {
  clearTimeout(opening);
  if (await open(current.dataset.cell)) { drawer.querySelector('input, textarea')?.focus(); }
}

/* --- keys --------------------------------------------------------------------------------------------- */

function after(cell, way) {
  const [down, right] = placeOf(cell);
  if (rows[down + way]) { return rows[down + way][right]; }
  return (way > 0 ? rows[0] : rows.at(-1))[right + way] ?? cell;
}

function onKey(event) {
  const cell = event.target;
  if (!byKey.has(cell.dataset?.cell)) { return; }
  const [down, right] = placeOf(cell);
  const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (event.ctrlKey || event.metaKey || event.altKey) {
    const isPlain = !event.altKey && !event.shiftKey;
    const end = { Home: cells[0], End: cells.at(-1) }[event.key];
    if (event.key.toLowerCase() === 'z' && isPlain) { event.preventDefault(); undo(); }
    if (end && isPlain) { event.preventDefault(); go(end); }
    return;
  }
  const set = (text) => { const step = []; put(cell, text, step); done(step); cell.select(); };
  const key = event.key.toLowerCase();
  const takesLetters = 'letterKeys' in form.dataset;
  if (ways[event.key]) { go(rows[down + ways[event.key][0]]?.[right + ways[event.key][1]]); }
  else if (event.key === 'Enter') { go(after(cell, event.shiftKey ? -1 : 1)); }
  else if (event.key === 'Delete' || event.key === 'Backspace') { set(''); }
  else if (/^[-\d]$/.test(key) || (key === 'n' && takesLetters)) { set(key); }
  else if (event.key === 'Home') { go(rows[down][0]); }
  else if (event.key === 'End') { go(rows[down].at(-1)); }
  else if (event.key === 'F2' || (key === 'e' && takesLetters)) { toEvidence(); }
  else if (event.key.length > 1 || key === 'n') { return; }
  event.preventDefault();
}

/* --- paste: check all cells first, and name those that do not fit -------------------------------------- */

const headOf = (text) => Array.from(table.tHead.rows[0].cells)
  .findIndex((head) => [head.textContent, head.title].some((name) => name && name.trim().toLowerCase() === text.toLowerCase())) - 1;
const rowOf = (text) => rows.findIndex((row) => row[0].closest('tr').querySelector('th a').textContent.trim().toLowerCase() === text.toLowerCase());

/** The cells of a block with what each would hold: by its headings, or from the cell in focus on. */
function targets(lines, start) {
  if (lines[0].slice(1).some((text) => headOf(text) >= 0)) {
    const columns = lines[0].map(headOf);
    return lines.slice(1).flatMap((line) => line.slice(1).map((text, at) => [rows[rowOf(line[0])]?.[columns[at + 1]], text]));
  }
  const [down, right] = placeOf(start);
  return lines.flatMap((line, y) => line.map((text, x) => [rows[down + y]?.[right + x], text]));
}

function say(key, reason) {
  const why = form.elements[`why.${key}`];
  if (why) { why.value = reason; return; }
  const pasted = form.elements[`reason.${key}`] ?? document.createElement('input');
  pasted.type = 'hidden';
  pasted.name = `reason.${key}`;
  pasted.value = reason;
  stash.append(pasted);
}

function onPaste(event) {
  const start = event.target;
  if (!byKey.has(start.dataset?.cell)) { return; }
  event.preventDefault();
  const good = [];
  const bad = [];
  targets(cellsOfBlock(event.clipboardData.getData('text/plain')), start).forEach(([cell, text]) => {
    const [, step, reason] = text.match(WITH_REASON) ?? [null, tidy(text), ''];
    if (step === '') { return; }
    if (!cell) { bad.push(`Outside the grid: ${text}`); }
    else if (isStep(step)) { good.push([cell, step.toLowerCase(), reason]); }
    else { bad.push(`${cell.getAttribute('aria-label')}: ${step} is not a step. Use 0 to 4, or n.`); }
  });
  const apply = () => {
    const step = [];
    good.forEach(([cell, text, reason]) => {
      put(cell, text, step);
      if (reason) { say(cell.dataset.cell, reason); edited.add(cell.dataset.cell); mark(cell); }
    });
    done(step);
    go(start);
  };
  if (bad.length) { askAboutPaste(good.length, bad, apply); } else { apply(); }
}

function askAboutPaste(good, bad, apply) {
  const dialog = document.getElementById('rating-paste');
  const rest = dialog.querySelector('[data-paste-rest]');
  dialog.querySelector('[data-paste-count]').textContent = `${good + bad.length} cells would change.`;
  dialog.querySelector('[data-paste-bad]').textContent = `${bad.length} ${bad.length === 1 ? 'does' : 'do'} not fit, so nothing is pasted yet.`;
  dialog.querySelector('[data-paste-list]').replaceChildren(...bad.slice(0, 12).map((text) => {
    const line = document.createElement('li');
    line.textContent = text;
    return line;
  }));
  rest.textContent = `Paste the other ${good}`;
  rest.hidden = !good;
  rest.onclick = () => { dialog.close(); apply(); };
  dialog.showModal();
}

/* --- storing what is not saved ------------------------------------------------------------------------ */

let timer = null;
let isSent = false;

function trouble(text) {
  const box = form.querySelector('[data-trouble]');
  box.hidden = !text;
  box.textContent = text;
}

function changed() {
  count();
  clearTimeout(timer);
  timer = setTimeout(store, STORE_AFTER);
}

async function store() {
  const data = new FormData(form);
  data.set('step', 'store');
  ['workbook', 'pasted', 'all-why', 'all-doc'].forEach((name) => { data.delete(name); });
  try {
    const answer = await fetch(form.dataset.path, { method: 'POST', body: data, headers: { Accept: 'application/json' } });
    if (!answer.ok) { throw new Error(String(answer.status)); }
    const { unsaved } = await answer.json();
    if (isSent) { return; }
    form.elements.showed.value = unsaved.join(' ');
    trouble('');
    const now = new Date().toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
    form.querySelector('[data-stored-at]').textContent = unsaved.length ? `Stored for you at ${now}.` : '';
  } catch {
    trouble('The site can’t be reached. What you typed stays on this page. We try again in 20 seconds.');
    timer = setTimeout(store, TRY_AGAIN);
  }
}

/* --- start -------------------------------------------------------------------------------------------- */

async function copyAll(button) {
  const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = Array.from(table.tHead.rows[0].cells).map((cell) => cell.textContent.trim());
  const lines = rows.map((row) => [row[0].closest('tr').querySelector('th a').textContent.trim(), ...row.map((cell) => cell.value)]);
  await navigator.clipboard.writeText([head, ...lines].map((line) => line.map(quoted).join('\t')).join('\n'));
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 2000);
}

function onClick(event) {
  const link = event.target.closest('[data-goto]');
  const rate = event.target.closest('[data-rate]');
  if (link && byKey.has(link.dataset.goto)) { event.preventDefault(); go(byKey.get(link.dataset.goto)); }
  if (rate && current) {
    event.preventDefault();
    const step = [];
    put(current, rate.dataset.rate, step);
    done(step);
    rate.focus();
  }
}

function start() {
  cells.forEach((cell) => { cell.dataset.stored = cell.closest('td').classList.contains('is-new') ? 'yes' : 'no'; });
  const shown = drawer.querySelector('[data-drawer]');
  if (shown) {
    rubrics.set(shown.dataset.drawer, anchors.firstElementChild);
    current = byKey.get(shown.dataset.drawer);
  }
  table.addEventListener('focusin', ({ target }) => { if (byKey.has(target.dataset?.cell)) { enter(target); target.select(); } });
  table.addEventListener('keydown', onKey);
  table.addEventListener('paste', onPaste);
  table.addEventListener('input', ({ target }) => { target.value = tidy(target.value); mark(target); showStep(); changed(); });
  drawer.addEventListener('input', () => {
    edited.add(current.dataset.cell);
    mark(current);
    const cited = drawer.querySelector('[data-cited]');
    if (cited) { cited.textContent = `${drawer.querySelectorAll(':checked').length} cited`; }
    changed();
  });
  drawer.addEventListener('keydown', (event) => { if (event.key === 'Escape') { go(current); } });
  form.addEventListener('click', onClick);
  form.addEventListener('submit', () => { isSent = true; clearTimeout(timer); });
  document.querySelector('[data-copy]')?.addEventListener('click', ({ currentTarget }) => { copyAll(currentTarget); });
  if (current && new URLSearchParams(window.location.search).has('cell')) { go(current); }
}

if (table) { start(); }
