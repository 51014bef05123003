/* Enhancement only: every page works without this file. No inline handlers, no eval, nothing from other sites. */

const phone = window.matchMedia('(max-width: 39.99em)');

/** Fold case and accents, so that "cote" finds "Côte d’Ivoire". */
function plain(text) {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
}

/** Whether a row has what a field asks for. A row without data for that field always fits. */
function fits(row, [name, value]) {
  if (name === 'q') { return plain(row.dataset.text).includes(plain(value)); }
  return !(name in row.dataset) || row.dataset[name].split('|').includes(value);
}

/* Filter the rows that are on the page while typing, and say how many are left.
   <form data-filter="#table" data-count="id of output" data-none="id of the empty state">; a row carries
   data-text for the field q and data-NAME for each other field. */
function liveFilter(form) {
  const rows = Array.from(document.querySelectorAll(`${form.dataset.filter} [data-text]`));
  const output = document.getElementById(form.dataset.count);
  const none = document.getElementById(form.dataset.none);
  const submit = form.querySelector('[type=submit]');
  if (submit) { submit.hidden = true; }
  function run() {
    const wanted = Array.from(new FormData(form)).filter(([, value]) => value);
    rows.forEach((row) => { row.hidden = !wanted.every((entry) => fits(row, entry)); });
    const left = rows.filter((row) => !row.hidden).length;
    if (output) {
      output.textContent = `${left === rows.length ? left : `${left} of ${rows.length}`} ${output.dataset.noun}`;
    }
    if (none) { none.hidden = left > 0; }
  }
  form.addEventListener('input', run);
  form.addEventListener('submit', (event) => { event.preventDefault(); run(); });
  form.addEventListener('reset', () => { setTimeout(run); }); // the fields are emptied after this event
  run();
}

/* A menu of <details data-menu> closes on Escape and on a click elsewhere. */
function closeMenus(event) {
  document.querySelectorAll('details[data-menu][open]').forEach((menu) => {
    const isEscape = event.key === 'Escape';
    if (!isEscape && (event.type !== 'click' || menu.contains(event.target))) { return; }
    menu.open = false;
    if (isEscape) { menu.querySelector('summary').focus(); }
  });
}

/* <button data-open="id"> opens <dialog id>, [data-close] inside closes it. Shown only where this script runs. */
function useDialogs({ target }) {
  const opener = target.closest('[data-open]');
  if (opener) { document.getElementById(opener.dataset.open).showModal(); }
  target.closest('[data-close]')?.closest('dialog').close();
  if (target.closest('[data-print]')) { window.print(); }
}

/* <details data-fold> is open by default. On a phone it is closed at first, unless the address leads to what is in it. */
function foldOnPhone() {
  document.querySelectorAll('details[data-fold]').forEach((fold) => { fold.open = !phone.matches; });
  unfoldTarget();
}

function unfoldTarget() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (!target) { return; }
  target.querySelectorAll('details[data-fold]').forEach((fold) => { fold.open = true; });
  for (let fold = target.closest('details:not([open])'); fold; fold = fold.parentElement.closest('details:not([open])')) {
    fold.open = true;
    target.scrollIntoView();
  }
}

/* A form with data-once is sent once: a second press of the button does nothing. A button with data-download leaves the
   page where it is, so the form can be sent again. */
function sendOnce(event) {
  const form = event.target;
  if (!('once' in form.dataset) || event.submitter?.dataset.download !== undefined) { return; }
  if (form.dataset.once === 'sent') { event.preventDefault(); }
  form.dataset.once = 'sent';
}

/* A fragment that could not be fetched says so, with the number of the request. */
function showTrouble({ detail }) {
  const number = detail.xhr?.getResponseHeader('X-Request-ID');
  const box = document.getElementById('trouble') ?? document.createElement('div');
  box.id = 'trouble';
  box.className = 'usa-alert usa-alert--error usa-alert--slim c-trouble';
  box.setAttribute('role', 'alert');
  const body = document.createElement('div');
  const text = document.createElement('p');
  body.className = 'usa-alert__body';
  text.className = 'usa-alert__text';
  text.textContent = 'Something went wrong. Nothing was saved. Reload the page.'
    + (number ? ` Request number: ${number}` : '');
  body.append(text);
  box.replaceChildren(body);
  document.body.append(box);
}

/* The key / goes to the search field that is shown: <input data-slash>. Not while a text is typed, nor with a modifier. */
function searchBySlash(event) {
  const isTyped = event.target.closest?.('input, textarea, select, dialog, [contenteditable]');
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyped) { return; }
  const field = Array.from(document.querySelectorAll('[data-slash]')).find((input) => input.checkVisibility());
  if (!field) { return; }
  event.preventDefault();
  field.focus();
  field.select();
}

function enhance(root) {
  root.querySelectorAll('form[data-filter]').forEach(liveFilter);
  root.querySelectorAll('[data-needs-script]').forEach((part) => { part.hidden = false; });
}

enhance(document);
foldOnPhone();
phone.addEventListener('change', foldOnPhone);
window.addEventListener('hashchange', unfoldTarget);
document.querySelector('[data-focus]')?.focus();
document.addEventListener('click', closeMenus);
document.addEventListener('keydown', closeMenus);
document.addEventListener('keydown', searchBySlash);
document.addEventListener('click', useDialogs);
document.addEventListener('submit', sendOnce);
// A browser that comes back to a page keeps its forms as they were sent.
window.addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) { return; }
  document.querySelectorAll('form[data-once]').forEach((form) => { form.dataset.once = ''; });
});
document.addEventListener('htmx:responseError', showTrouble);
document.addEventListener('htmx:sendError', showTrouble);
document.addEventListener('htmx:load', ({ target }) => {
  if (target !== document.body) { enhance(target); }
});
