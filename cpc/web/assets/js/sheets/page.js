/* Sheets: keys, paste, undo, and a draft that keeps itself. Without this script the sheet is a plain form. */

import { cellsOfBlock } from './blocks.js';

const form = document.querySelector('form[data-sheet]');
const cellsOf = (row) => Array.from(row.querySelectorAll(':scope > td input[type=text], :scope > td select, :scope > td textarea'));
const allCells = () => Array.from(form.querySelectorAll('[data-row] > td :is(input[type=text], select, textarea), [data-more] :is(input[type=text], select, textarea)'));
const rowsOf = () => Array.from(form.querySelectorAll('[data-row]'));
const columnOf = (cell) => cell.name.replace(/^row\d+-/, '');
const SEND_AFTER = 3000;
const TRY_AGAIN = 20000;

/* --- state of cells ------------------------------------------------------------------------------- */

function isChanged(cell) { return cell.value !== (cell.dataset.saved ?? ''); }

function isFilled(row) { return cellsOf(row).some((cell) => cell.value && cell.tagName !== 'SELECT'); }

function rowOf(cell) {
  const line = cell.closest('tr');
  let row = line;
  while (row && !('row' in row.dataset)) { row = row.previousElementSibling; }
  return row;
}

function mark(cell) {
  const box = cell.closest('td, .w-details > div');
  const row = rowOf(cell);
  box.classList.toggle('is-changed', !row.classList.contains('is-new') && isChanged(cell));
}

let emptyAtStart = null;

function count() {
  const changed = allCells().filter((cell) => !rowOf(cell).classList.contains('is-new') && isChanged(cell)).length;
  const added = rowsOf().filter((row) => row.classList.contains('is-new') && isFilled(row)).length;
  const removed = form.querySelectorAll('[data-remove]:checked').length;
  const parts = [[changed, 'cell', 'changed'], [added, 'row', 'added'], [removed, 'row', 'to remove']]
    .filter(([number]) => number)
    .map(([number, noun, verb]) => `${number} ${noun}${number === 1 ? '' : 's'} ${verb}`);
  const allEmpty = rowsOf().filter((row) => row.classList.contains('is-new') && !isFilled(row)).length;
  emptyAtStart ??= allEmpty;
  const empty = allEmpty - emptyAtStart;
  const rest = empty > 0 ? ` ${empty} new ${empty === 1 ? 'row is' : 'rows are'} empty.` : '';
  form.querySelector('[data-sheet-count]').textContent = `${parts.length ? `${parts.join(', ')}.` : 'Nothing is changed yet.'}${rest}`;
  return parts.length;
}

/* --- undo: each step is a list of functions that take it back ---------------------------------------- */

const steps = [];
let typed = null;

function put(cell, value, step) {
  const before = cell.value;
  if (before === value) { return; }
  cell.value = value;
  cell.dataset.last = value;
  step.push(() => { cell.value = before; cell.dataset.last = before; mark(cell); });
  mark(cell);
}

function done(step) {
  if (step.length) { steps.push(step); }
  typed = null;
  changed();
}

function undo() {
  const step = steps.pop();
  if (!step) { return false; }
  step.reverse().forEach((back) => { back(); });
  typed = null;
  changed();
  return true;
}

function noteTyping(cell) {
  if (typed !== cell) {
    const before = cell.dataset.last ?? cell.defaultValue ?? '';
    steps.push([() => { cell.value = before; cell.dataset.last = before; mark(cell); }]);
    typed = cell;
  }
  cell.dataset.last = cell.value;
}

/* --- rows -------------------------------------------------------------------------------------------- */

let next = Math.max(-1, ...rowsOf().map((row) => Number(row.id.match(/\d+/)?.[0] ?? -1))) + 1;

/** The row and the lines that belong to it: what is more about it, and its errors. */
function linesOf(row) {
  const lines = [row];
  for (let line = row.nextElementSibling; line && 'more' in line.dataset; line = line.nextElementSibling) { lines.push(line); }
  return lines;
}

const detailsOf = (row) => linesOf(row).slice(1).flatMap((line) => Array.from(line.querySelectorAll('input[type=text], select, textarea')));

function blankRow(kind) {
  const template = form.querySelector(`template[data-blank="${kind}"]`);
  if (!template || rowsOf().length >= Number(form.dataset.most)) { return null; }
  const markup = template.innerHTML.replaceAll('rowNUMBER', `row${next}`);
  next += 1;
  const body = document.createElement('table');
  body.innerHTML = `<tbody>${markup}</tbody>`;
  const lines = Array.from(body.querySelectorAll('tr'));
  lines[0].querySelector('[data-drop]').hidden = false;
  return lines;
}

/** Add an empty row of a kind after a row of its kind, else before the buttons of its group. */
function addRow(kind, after, before, step) {
  const lines = blankRow(kind);
  if (!lines) { return null; }
  if (after) { linesOf(after).at(-1).after(...lines); } else if (before) { before.before(...lines); } else { return null; }
  step.push(() => { lines.forEach((line) => { line.remove(); }); });
  return lines[0];
}

function addByButton(button) {
  const step = [];
  const kind = button.dataset.add;
  const line = button.closest('tr');
  let row = null;
  if (button.closest('[data-end]')) {
    const end = button.closest('tbody');
    const body = document.createElement('tbody');
    body.dataset.group = '';
    const lines = blankRow(kind);
    if (lines) {
      body.append(...lines);
      end.before(body);
      step.push(() => { body.remove(); });
      row = lines[0];
      // The buttons for rows within it are those of another group, with its own row above them.
      const adders = end.parentElement.querySelector('[data-adders]')?.cloneNode(true);
      if (adders) {
        adders.querySelectorAll('[data-under]').forEach((one) => { one.hidden = one.dataset.under !== kind; });
        body.append(adders);
      }
    }
  } else {
    const same = Array.from(button.closest('tbody').querySelectorAll(`[data-row][data-kind="${kind}"]`)).at(-1);
    row = addRow(kind, same, same ? null : line, step);
    if (row) { line.querySelectorAll(`[data-under="${kind}"]`).forEach((one) => { one.hidden = false; }); }
  }
  if (row) { cellsOf(row)[0].focus(); done(step); }
}

function dropRow(row) {
  const lines = linesOf(row);
  const anchor = lines.at(-1).nextElementSibling;
  const parent = row.parentElement;
  lines.forEach((line) => { line.remove(); });
  done([() => { lines.forEach((line) => { parent.insertBefore(line, anchor); }); }]);
}

/** Move a row above its neighbor of the same kind, or below it. */
function moveRow(row, way) {
  const same = rowsOf().filter((other) => other.dataset.kind === row.dataset.kind);
  const other = same[same.indexOf(row) + way];
  if (!other || !('within' in row.dataset) && row.parentElement !== other.parentElement) { return; }
  const origin = document.createComment('');
  row.before(origin);
  const lines = linesOf(row);
  if (way < 0) { other.before(...lines); } else { linesOf(other).at(-1).after(...lines); }
  done([() => { origin.after(...lines); origin.remove(); }]);
}

/* --- keys -------------------------------------------------------------------------------------------- */

/** Whether a cell takes several lines. One whose text only wraps does not. */
const hasLines = (cell) => cell.tagName === 'TEXTAREA' && !('oneLine' in cell.dataset);

function below(cell, way) {
  const row = rowOf(cell);
  const index = cellsOf(row).indexOf(cell);
  const same = rowsOf().filter((other) => other.dataset.kind === row.dataset.kind);
  const other = same[same.indexOf(row) + way];
  return other ? cellsOf(other)[index] : null;
}

function onKey(event) {
  const cell = event.target;
  if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
    if (undo()) { event.preventDefault(); }
    return;
  }
  if (!cell.closest('[data-row]') || !cellsOf(rowOf(cell)).includes(cell)) { return; }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const step = [];
    const row = addRow(rowOf(cell).dataset.kind, rowOf(cell), null, step);
    if (row) { cellsOf(row)[0].focus(); done(step); }
  } else if (event.key === 'Enter' && !event.altKey && !(event.shiftKey && hasLines(cell))) {
    event.preventDefault();
    below(cell, event.shiftKey ? -1 : 1)?.focus();
  } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    moveRow(rowOf(cell), event.key === 'ArrowUp' ? -1 : 1);
    cell.focus();
  } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && cell.tagName !== 'SELECT' && !hasLines(cell) && !cell.list) {
    event.preventDefault();
    below(cell, event.key === 'ArrowUp' ? -1 : 1)?.focus();
  }
}

/* --- paste: check all cells first, and show what does not fit ------------------------------------------ */

/** What a cell would hold, or why the text does not fit. */
export function fit(cell, text) {
  if (cell.tagName === 'SELECT') {
    const also = (cell.dataset.also ?? '').split('|').map((pair) => pair.split('='));
    const meant = also.find(([other]) => other.toLowerCase() === text.toLowerCase())?.[1] ?? text;
    const option = Array.from(cell.options).find((one) => one.value.toLowerCase() === meant.toLowerCase());
    return option ? { value: option.value } : { why: `Not one of ${Array.from(cell.options).map((one) => one.value).filter(Boolean).slice(0, 4).join(', ')}` };
  }
  if (cell.inputMode === 'decimal' && text && !/^[-−]?\$?[\d,]*\.?\d*$/.test(text)) { return { why: 'Not a number' }; }
  if (cell.maxLength > 0 && text.length > cell.maxLength) { return { why: `Longer than ${cell.maxLength} letters` }; }
  return { value: cell.tagName === 'INPUT' || 'oneLine' in cell.dataset ? text.replace(/\s*\n\s*/g, ' ') : text };
}

function onPaste(event) {
  const start = event.target;
  const cellsIn = start.closest('[data-row]') ? cellsOf : detailsOf;
  if (!start.closest('[data-row], [data-more]')) { return; }
  const text = event.clipboardData.getData('text/plain');
  if (!/[\t\n]/.test(text.replace(/\r?\n$/, ''))) { return; }
  event.preventDefault();
  const step = [];
  const puts = [];
  const bad = [];
  let row = rowOf(start);
  const columns = cellsIn(row).map(columnOf).slice(cellsIn(row).indexOf(start)); // rows may lack some of them
  cellsOfBlock(text).forEach((line, number) => {
    if (number) {
      const same = rowsOf().filter((other) => other.dataset.kind === row.dataset.kind);
      const following = same[same.indexOf(row) + 1];
      row = following ?? addRow(row.dataset.kind, row, null, step) ?? null;
    }
    const cells = row ? cellsIn(row) : [];
    line.forEach((value, index) => {
      const cell = cells.find((one) => columns[index] && columnOf(one) === columns[index]);
      if (!cell) { if (value) { bad.push([row ? `Column ${index + 1}` : `Row ${number + 1}`, value, 'Outside the sheet']); } return; }
      const fitted = fit(cell, value);
      if (fitted.why) { bad.push([cell.getAttribute('aria-label'), value, fitted.why]); } else { puts.push([cell, fitted.value]); }
    });
    if (!row) { row = rowsOf().at(-1); }
  });
  const apply = () => { puts.forEach(([cell, value]) => { put(cell, value, step); }); done(step); start.focus(); };
  if (!bad.length) { apply(); return; }
  askAboutPaste(puts.length, bad, apply, () => { step.reverse().forEach((back) => { back(); }); });
}

function askAboutPaste(good, bad, apply, cancel) {
  const dialog = document.getElementById('sheet-paste');
  dialog.querySelector('[data-paste-count]').textContent = `${good + bad.length} cells would change.`;
  dialog.querySelector('[data-paste-bad]').textContent = `${bad.length} ${bad.length === 1 ? 'does' : 'do'} not fit, so nothing is pasted yet.`;
  dialog.querySelector('[data-paste-list]').replaceChildren(...bad.slice(0, 12).map((texts) => {
    const line = document.createElement('tr');
    line.append(...texts.map((text) => { const box = document.createElement('td'); box.textContent = text; return box; }));
    return line;
  }));
  const rest = dialog.querySelector('[data-paste-rest]');
  rest.textContent = `Paste the other ${good}`;
  rest.hidden = !good;
  let isApplied = false;
  rest.onclick = () => { isApplied = true; dialog.close(); apply(); };
  dialog.addEventListener('close', () => { if (!isApplied) { cancel(); } }, { once: true });
  dialog.showModal();
}

/* --- copy -------------------------------------------------------------------------------------------- */

function tabbed(texts) {
  return texts.map((text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join('\t');
}

async function copyAll(button) {
  const address = new URL(window.location.href);
  address.search = '?format=tsv';
  const isChangedHere = count() > 0;
  const text = isChangedHere
    ? rowsOf().map((row) => tabbed([row.querySelector('[data-label-of-row]').textContent, ...cellsOf(row).map((cell) => cell.value)])).join('\n')
    : await (await fetch(address)).text();
  await navigator.clipboard.writeText(text);
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 2000);
}

/* --- draft ------------------------------------------------------------------------------------------- */

let timer = null;
let isSent = false;

function changed() {
  const differs = count();
  clearTimeout(timer);
  if (differs || isSent) { timer = setTimeout(storeDraft, SEND_AFTER); }
}

async function storeDraft() {
  const data = new FormData(form);
  data.set('step', 'draft');
  data.delete('workbook');
  const trouble = form.querySelector('[data-sheet-trouble]');
  try {
    const answer = await fetch(window.location.pathname, { method: 'POST', body: data, headers: { Accept: 'application/json' } });
    if (!answer.ok) { throw new Error(String(answer.status)); }
    const { stored } = await answer.json();
    isSent = true;
    trouble.hidden = true;
    form.querySelector('[data-sheet-stored]').textContent = stored
      ? `Draft saved ${new Date(stored).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' })}.` : '';
  } catch {
    trouble.hidden = false;
    trouble.textContent = 'The draft is not saved: the site can’t be reached. What you typed stays on this page. We try again in 20 seconds.';
    timer = setTimeout(storeDraft, TRY_AGAIN);
  }
}

/* --- start ------------------------------------------------------------------------------------------- */

function start() {
  allCells().forEach((cell) => { cell.dataset.last = cell.value; });
  form.addEventListener('input', ({ target }) => {
    if (target.closest('[data-row], [data-more]') && target.matches('input[type=text], select, textarea')) {
      noteTyping(target);
      mark(target);
    }
    if (target.matches('[data-remove]')) { target.closest('tr').classList.toggle('is-removed', target.checked); }
    changed();
  });
  form.addEventListener('focusin', ({ target }) => { if (target !== typed) { typed = null; } });
  form.addEventListener('keydown', onKey);
  form.addEventListener('paste', onPaste);
  form.addEventListener('click', (event) => {
    const add = event.target.closest('[data-add]');
    const drop = event.target.closest('[data-drop]');
    if (add) { event.preventDefault(); addByButton(add); }
    if (drop) { dropRow(drop.closest('tr')); }
  });
  form.addEventListener('submit', () => { clearTimeout(timer); });
  document.querySelector('[data-sheet-copy]')?.addEventListener('click', ({ currentTarget }) => { copyAll(currentTarget); });
  count();
}

if (form) { start(); }
