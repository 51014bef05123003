/* The end of a session: a dialog warns before it, and what was typed is stored. The server decides; this only asks it.
   <dialog id="session-end" data-idle="900" data-warning="120" data-url data-forms-url data-sign-in>, all in seconds. */

const dialog = document.getElementById('session-end');
const { warning, url, formsUrl, signIn } = dialog.dataset;
const PING = 60_000; // the server learns of activity at most this often
const ASK = 10_000; // while the dialog is open, another window may extend the session
const STEPS = [120, 60, 30, 10];
const typedIn = new Set();

let endsAt = Date.now() + 1000 * Math.min(Number(dialog.dataset.idle), Number(dialog.dataset.left ?? Infinity));
let toldAt = Date.now();
let askedAt = 0;
let isBusy = false;

function token() { return dialog.querySelector('[name=csrfmiddlewaretoken]').value; }

/** Ask the server, and remember when the session ends. False if it has ended. Throws without a connection. */
async function ask(address, body) {
  const options = body
    ? { method: 'POST', body, headers: { 'X-CSRFToken': token() } }
    : { headers: { 'X-Background': 'session' } };
  const answer = await fetch(address, { credentials: 'same-origin', ...options });
  if (!answer.ok) { throw new Error(`${address} answers ${answer.status}`); }
  const { seconds, extends: canExtend } = await answer.json();
  if (!seconds) { return false; }
  endsAt = Date.now() + seconds * 1000;
  dialog.querySelector('[data-extends]').hidden = !canExtend;
  dialog.querySelector('[data-final]').hidden = canExtend;
  return true;
}

/** The forms that a person typed in, without passwords and files. */
function typedForms() {
  const body = new URLSearchParams({ page: window.location.pathname + window.location.search });
  typedIn.forEach((form) => {
    if (!form.isConnected || form.getAttribute('method') !== 'post' || form.querySelector('[type=password]')) { return; }
    const fields = Array.from(new FormData(form)).filter(([, value]) => typeof value === 'string');
    const action = new URL(form.getAttribute('action') || window.location.href, window.location.href);
    body.append('action', action.pathname + action.search);
    body.append('fields', new URLSearchParams(fields).toString());
  });
  return body;
}

/** Keep what was typed and show the sign-in page, unless the session goes on after all. */
async function leave() {
  if (await ask(formsUrl, typedForms())) { return; }
  typedIn.clear();
  const next = window.location.pathname + window.location.search;
  window.location.assign(`${signIn}?${new URLSearchParams({ next })}`);
}

function showLeft(seconds) {
  const step = STEPS.findLast((each) => seconds <= each) ?? STEPS[0];
  const text = step > 60 ? `${step / 60} minutes` : step === 60 ? '1 minute' : `${step} seconds`;
  const output = dialog.querySelector('[data-left-text]');
  if (output.textContent !== text) { output.textContent = text; }
}

async function stay() {
  toldAt = Date.now();
  if (await ask(url, new URLSearchParams())) { dialog.close(); } else { await leave(); }
}

async function look() {
  const left = (endsAt - Date.now()) / 1000;
  if (left <= 0) {
    await leave();
  } else if (left > warning) {
    if (dialog.open) { dialog.close(); }
  } else if (Date.now() - askedAt >= ASK) {
    askedAt = Date.now();
    if (!await ask(url)) { await leave(); }
  } else {
    showLeft(left);
    if (!dialog.open) { dialog.showModal(); }
  }
}

/** One after another. Without a connection, the next look tries again. */
async function alone(work) {
  if (isBusy) { return; }
  isBusy = true;
  try { await work(); } catch { /* no connection */ } finally { isBusy = false; }
}

function noteActivity({ isTrusted }) {
  if (isTrusted && !dialog.open && Date.now() - toldAt >= PING) { alone(stay); }
}

/* A form that the server could not fill in: <script id="unsent-forms" type="application/json">. */
function fillIn({ action, fields }) {
  const form = Array.from(document.forms).find((each) => each.getAttribute('method') === 'post'
    && new URL(each.getAttribute('action') || window.location.href, window.location.href).pathname === action.split('?')[0]);
  if (!form) { return; }
  const left = new Map(Object.entries(fields).map(([name, texts]) => [name, [...texts]]));
  Array.from(form.elements).filter((field) => left.has(field.name)).forEach((field) => {
    const texts = left.get(field.name);
    if (field.type === 'checkbox' || field.type === 'radio') {
      field.checked = texts.includes(field.value);
    } else if (field.multiple && field.options) {
      Array.from(field.options).forEach((option) => { option.selected = texts.includes(option.value); });
    } else if (field.type !== 'file' && texts.length) {
      field.value = texts.shift();
    }
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

document.addEventListener('input', ({ target }) => { if (target.form) { typedIn.add(target.form); } });
document.addEventListener('submit', ({ target }) => typedIn.delete(target));
['keydown', 'pointerdown'].forEach((name) => document.addEventListener(name, noteActivity, { passive: true }));
document.addEventListener('visibilitychange', () => { if (!document.hidden) { alone(look); } });
// A request that no event caused is one that the page repeats by itself; to the server it is no activity.
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (!detail.triggeringEvent) { detail.headers['X-Background'] = 'page'; }
});
dialog.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); alone(stay); });
dialog.addEventListener('cancel', (event) => { event.preventDefault(); alone(stay); }); // Escape stays signed in
const stored = document.getElementById('unsent-forms');
if (stored) { JSON.parse(stored.textContent).forEach(fillIn); }
setInterval(() => alone(look), 1000);
