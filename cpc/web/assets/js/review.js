/* The reviewer's workbench: keys, notes at their rows, and counts. Without this script each of them is a plain page. */

const bench = document.querySelector('[data-bench]');
const several = document.querySelector('form[data-several]');

/* --- notes at their rows: the row of the answer replaces the row on the page, so that all other input stays ---- */

const rowOf = (element) => element.closest('[data-row]');

async function load(url, options = {}) {
  const answer = await fetch(url, { credentials: 'same-origin', ...options });
  if (!answer.ok && answer.status !== 422) { throw new Error(String(answer.status)); }
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

function replaceRow(key, page) {
  const fresh = page.getElementById(key);
  const row = document.getElementById(key);
  if (!fresh || !row) { return null; }
  row.replaceWith(document.adoptNode(fresh));
  return document.getElementById(key);
}

function replaceNotes(page, key) {
  const fresh = page.getElementById('notes');
  if (fresh && key !== 'notes' && !document.querySelector('#notes [data-compose]')) {
    document.getElementById('notes').replaceWith(document.adoptNode(fresh));
  }
}

/** What was typed since the form of a note was asked for: its first text. null if none is on its way. */
let typed = null;

async function openNote(link) {
  const { row: key } = rowOf(link).dataset;
  if (typed !== null) { return; }
  typed = '';
  try {
    const box = replaceRow(key, await load(link.href))?.querySelector('[data-compose] textarea');
    box?.focus();
    box?.setRangeText(typed, box.value.length, box.value.length, 'end');
  } catch {
    window.location.assign(link.href);
  } finally {
    typed = null;
  }
}

function typeAhead(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.key.length > 1) { return; }
  event.preventDefault();
  typed += event.key;
}

async function closeNote(link) {
  const { row: key } = rowOf(link).dataset;
  try {
    replaceRow(key, await load(link.href))?.querySelector('[data-note]')?.focus();
  } catch {
    window.location.assign(link.href);
  }
}

async function saveNote(form) {
  const { row: key } = rowOf(form).dataset;
  form.dataset.sending = '';
  try {
    const page = await load(form.action, { method: 'POST', body: new FormData(form) });
    const row = replaceRow(key, page);
    replaceNotes(page, key);
    const wrong = row?.querySelector('[data-compose]');
    (wrong?.querySelector('[aria-invalid="true"], textarea') ?? row?.querySelector('[data-note]') ?? row)?.focus();
    announce(wrong ? 'Nothing was saved.' : 'Note saved.');
  } catch {
    delete form.dataset.sending;
    announce('The site was not reached. Your text is still here; save it again.');
  }
}

function announce(text) {
  let box = document.getElementById('announced');
  if (!box) {
    box = document.createElement('p');
    box.id = 'announced';
    box.className = 'u-sr';
    box.setAttribute('role', 'status');
    document.getElementById('main').append(box);
  }
  box.textContent = text;
}

/* --- keys: single letters only while focus is in the workbench, never in a field that takes text, and only if the
   account has not turned them off --------------------------------------------------------------------------- */

const takesText = (element) => element.matches('textarea, select, input:not([type=radio], [type=checkbox])');
const inBench = (element) => bench.contains(element) || ['candidate', 'main'].includes(element.id);
const isBeingSent = () => document.querySelector('form[data-position]')?.dataset.once === 'sent';

function submitPosition(focused) {
  const form = focused.closest('[data-compose]') ?? document.querySelector('form[data-position]');
  form?.requestSubmit(form.querySelector('[data-submit]') ?? form.querySelector('[type=submit]'));
}

function useKey(event) {
  const focused = document.activeElement;
  if (typed !== null && !takesText(focused)) { typeAhead(event); return; }
  if (!inBench(focused) || event.altKey || event.metaKey) { return; }
  if (event.ctrlKey) {
    if (event.key === 'Enter') { event.preventDefault(); submitPosition(focused); }
    return;
  }
  if (!('letterKeys' in bench.dataset) || takesText(focused) || isBeingSent()) { return; }
  const key = event.key.toLowerCase();
  if (key === 'j' || key === 'k') {
    const url = key === 'j' ? bench.dataset.next : bench.dataset.previous;
    if (url) { event.preventDefault(); window.location.assign(url); }
  } else if (key === 'n') {
    const link = rowOf(focused)?.querySelector('[data-note]') ?? bench.querySelector('[data-row] [data-note]');
    if (link) { event.preventDefault(); openNote(link); }
  } else if (/^[1-6]$/.test(key)) {
    const radio = document.querySelectorAll('form[data-position] input[type=radio]')[Number(key) - 1];
    if (radio) { event.preventDefault(); radio.checked = true; radio.focus(); }
  }
}

/* --- counts ------------------------------------------------------------------------------------------------ */

function countChosen() {
  const count = bench.querySelectorAll('[data-candidates] input:checked').length;
  const box = bench.querySelector('[data-chosen-count]');
  if (box) { box.textContent = `Same position for ${count ? `${count} chosen` : 'several'}`; }
}

function showSeveral() {
  const chosen = Array.from(several.querySelectorAll('input[name=candidates]:checked')).map((box) => box.value);
  const position = several.querySelector('input[name=value]:checked');
  const label = position?.parentElement.querySelector('label')?.firstChild?.textContent.trim();
  several.querySelectorAll('[data-for]').forEach((row) => {
    const typed = row.querySelector('input[type=text]').value;
    row.hidden = !chosen.includes(row.dataset.for) && !typed;
    row.querySelector('[data-position-of]').textContent = chosen.includes(row.dataset.for) ? label ?? 'Not chosen yet' : 'Not chosen';
  });
  several.querySelector('[data-none]').hidden = several.querySelector('[data-for]:not([hidden])') !== null;
  const noun = chosen.length === 1 ? 'position' : 'positions';
  const goes = chosen.length === 1 ? 'goes' : 'go';
  const count = several.querySelector('[data-several-count]');
  count.textContent = chosen.length ? `${chosen.length} ${noun} ${goes} on record.` : 'No candidate is chosen yet.';
  count.nextElementSibling.hidden = chosen.length === 0;
  const button = several.querySelector('[data-several-button]');
  if (button) { button.textContent = `Submit ${chosen.length || 'the'} ${noun}`; }
}

if (bench) {
  document.addEventListener('keydown', useKey);
  bench.addEventListener('click', (event) => {
    const link = event.target.closest('[data-note], [data-close-note]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
    event.preventDefault();
    if ('note' in link.dataset) { openNote(link); } else { closeNote(link); }
  });
  bench.addEventListener('submit', (event) => {
    const form = event.target;
    if (!('compose' in form.dataset)) { return; }
    event.preventDefault();
    event.stopPropagation();
    if (!('sending' in form.dataset)) { saveNote(form); }
  });
  bench.addEventListener('change', countChosen);
  countChosen();
}
if (several) {
  several.addEventListener('input', showSeveral);
  showSeveral();
}
