import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, openPage, runScript, send } from './browser.js';

const LIST = `
  <form data-filter="#list" data-count="left" data-none="none">
    <input name="q"><select name="state"><option value="" selected>Any<option value="draft">Draft<option value="final">Final</select>
    <button type="submit">Filter</button>
  </form>
  <output id="left" data-noun="countries"></output><p id="none" hidden>None.</p>
  <ul id="list">
    <li data-text="Côte d’Ivoire Africa" data-state="draft|open">1</li>
    <li data-text="Ghana Africa" data-state="final">2</li>
    <li data-text="Peru Americas">3</li>
  </ul>`;

async function openList() {
  const { document } = openPage(LIST);
  await runScript('app.js');
  const [form] = document.forms;
  const shown = () => [...document.querySelectorAll('li')].filter((row) => !row.hidden).map((row) => row.textContent).join('');
  return { form, shown, left: document.getElementById('left'), none: document.getElementById('none') };
}

test('a list is filtered while typing, without case and accents', async () => {
  const { form, shown, left, none } = await openList();
  assert.equal(left.textContent, '3 countries');
  assert.equal(form.querySelector('button').hidden, true);
  form.elements.q.value = 'COTE';
  send(form, 'input');
  assert.deepEqual([shown(), left.textContent, none.hidden], ['1', '1 of 3 countries', true]);
  form.elements.q.value = 'africa';
  send(form, 'input');
  assert.equal(shown(), '12');
  form.elements.q.value = 'zz';
  assert.equal(send(form, 'submit').defaultPrevented, true);
  assert.deepEqual([shown(), left.textContent, none.hidden], ['', '0 of 3 countries', false]);
});

test('a row stays that has one of several values of a field, or none of the field', async () => {
  const { form, shown } = await openList();
  for (const [state, rows] of [['draft', '13'], ['final', '23'], ['', '123']]) {
    form.elements.state.value = state;
    send(form, 'input');
    assert.equal(shown(), rows, state);
  }
});

test('a list is whole again once its form was reset', async () => {
  const { form, shown } = await openList();
  form.elements.q.value = 'peru';
  send(form, 'input');
  assert.equal(shown(), '3');
  form.elements.q.value = '';
  send(form, 'reset');
  assert.equal(shown(), '3'); // the fields are emptied after the event
  await after();
  assert.equal(shown(), '123');
});

test('a list without a count, a button, and an empty state is filtered, too', async () => {
  const { document } = openPage('<form data-filter="#l"><input name="q" value="b"></form><p id="l"><i data-text="a"></i><i data-text="b"></i></p>');
  await runScript('app.js');
  assert.deepEqual([...document.querySelectorAll('i')].map((row) => row.hidden), [true, false]);
});

const MENU = '<details data-menu open><summary>Menu</summary><a>Inside</a></details><details open id="other"></details><p>Outside</p>';

test('a menu closes on Escape, with the focus on its button, and on a click elsewhere', async () => {
  const cases = [
    ['p', 'click', {}, false],
    ['a', 'click', {}, true],
    ['a', 'keydown', { key: 'Escape' }, false],
    ['p', 'keydown', { key: 'a' }, true],
  ];
  for (const [target, name, values, isOpen] of cases) {
    const { document } = openPage(MENU);
    await runScript('app.js');
    send(document.querySelector(target), name, values);
    assert.equal(document.querySelector('[data-menu]').open, isOpen, `${name} on ${target}`);
    assert.equal(document.activeElement?.localName === 'summary', name === 'keydown' && !isOpen);
    assert.equal(document.getElementById('other').open, true);
  }
});

test('buttons open and close a dialog, and print', async () => {
  const { window, document } = openPage('<button data-open="d"><b>Open</b></button><dialog id="d"><button data-close>Close</button></dialog><a data-print>Print</a>');
  const calls = [];
  document.getElementById('d').showModal = () => calls.push('show');
  document.getElementById('d').close = () => calls.push('close');
  window.print = () => calls.push('print');
  await runScript('app.js');
  for (const target of ['b', '[data-close]', '[data-print]', 'dialog']) { send(document.querySelector(target), 'click'); }
  assert.deepEqual(calls, ['show', 'close', 'print']);
});

const FOLDS = `
  <details data-fold id="outer"><p>a</p><details id="plain"><p id="deep">b</p></details></details>
  <section id="around"><details data-fold id="inner"><p>c</p></details></section>`;

async function openFolds(hash, isPhone) {
  const page = openPage(FOLDS, { address: `https://cpc.example/${hash}`, isPhone });
  page.scrolled = 0;
  for (const part of page.document.querySelectorAll('[id]')) { part.scrollIntoView = () => { page.scrolled += 1; }; }
  await runScript('app.js');
  page.open = () => [...page.document.querySelectorAll('details')].filter((fold) => fold.open).map((fold) => fold.id);
  return page;
}

test('what is folded on a phone is open elsewhere', async () => {
  const { open, phone } = await openFolds('', false);
  assert.deepEqual(open(), ['outer', 'inner']);
  phone.matches = true;
  phone.change();
  assert.deepEqual(open(), []);
});

test('the address opens what it leads to', async () => {
  for (const [hash, ids, scrolled] of [
    ['#deep', ['outer', 'plain'], 2], ['#around', ['inner'], 0], ['#outer', ['outer'], 1], ['#%6Eone', [], 0],
  ]) {
    const page = await openFolds(hash, true);
    assert.deepEqual([page.open(), page.scrolled], [ids, scrolled], hash);
  }
  const page = await openFolds('', true);
  page.window.location.hash = '#%64eep';
  send(page.window, 'hashchange');
  assert.deepEqual(page.open(), ['outer', 'plain']);
});

test('a form is sent once, until the browser comes back to the page', async () => {
  const { window, document } = openPage('<form data-once id="once"></form><form id="often"></form>');
  await runScript('app.js');
  const isStopped = (id) => send(document.getElementById(id), 'submit').defaultPrevented;
  assert.deepEqual([isStopped('once'), isStopped('once'), isStopped('often'), isStopped('often')], [false, true, false, false]);
  send(window, 'pageshow', { persisted: false });
  assert.equal(isStopped('once'), true);
  send(window, 'pageshow', { persisted: true });
  assert.equal(isStopped('once'), false);
});

test('a fragment that fails says so once, with the number of the request', async () => {
  const { document } = openPage('<p>Page</p>');
  await runScript('app.js');
  send(document.body, 'htmx:sendError', { detail: {} });
  const text = 'Something went wrong. Nothing was saved. Reload the page.';
  const box = document.getElementById('trouble');
  assert.equal(box.textContent, text);
  assert.equal(box.getAttribute('role'), 'alert');
  assert.equal(box.className, 'usa-alert usa-alert--error usa-alert--slim c-trouble');
  assert.equal(box.innerHTML, `<div class="usa-alert__body"><p class="usa-alert__text">${text}</p></div>`);
  const xhr = { getResponseHeader: (name) => (name === 'X-Request-ID' ? '7f' : null) };
  send(document.body, 'htmx:responseError', { detail: { xhr } });
  assert.deepEqual([...document.querySelectorAll('#trouble')].map((part) => part.textContent), [`${text} Request number: 7f`]);
});

test('parts that need a script appear, on the page and in a fragment', async () => {
  const { document } = openPage('<b data-needs-script hidden></b><input data-focus><section></section>');
  await runScript('app.js');
  assert.equal(document.querySelector('b').hidden, false);
  assert.equal(document.activeElement, document.querySelector('input'));
  const section = document.querySelector('section');
  section.innerHTML = '<i data-needs-script hidden></i>';
  send(document.body, 'htmx:load');
  assert.equal(document.querySelector('i').hidden, true); // of the page itself, nothing is set up twice
  send(section, 'htmx:load');
  assert.equal(document.querySelector('i').hidden, false);
});
