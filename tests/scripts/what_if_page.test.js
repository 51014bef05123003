import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, send } from './browser.js';
import { openWhatIf } from './what_if_page.js';

const ROWS = [
  ['1', '1', 'Aland', 'Same', '1–2', '90%', 'Firmly in'],
  ['2', '2', 'Bland', 'Same', '2–3', '80%', 'Open'],
];

test('the run itself is shown at first', async () => {
  const { byId, text, table, document } = await openWhatIf();
  assert.equal(text('say'), 'Nothing has changed: this is run 7. Change a number to see who would move.');
  assert.deepEqual(table(), ROWS);
  assert.equal(text('count'), 'First 2 of 3, all');
  assert.equal(byId('count').querySelector('a').getAttribute('href'), '/what-if/?run=7&show=all#list');
  assert.equal(text('counts'), '1 country is provisional and gets no rank; 1 country of the TIP Report is outside the pool.');
  assert.deepEqual([text('ins'), text('outs'), text('farthest'), byId('farthest').hidden], ['None', 'None', '', true]);
  assert.equal(text('noise'), 'Nothing to explain: no country enters or leaves.');
  assert.equal(text('bar'), 'The first 2 stay the same.');
  assert.equal(byId('slope').querySelector('figcaption').textContent, 'The same 2 countries are first in both.');
  assert.equal(document.documentElement.dataset.whatIf, 'ready');
  assert.deepEqual([...document.querySelectorAll('[data-script], [data-noscript], .c-range')].map((part) => part.hidden), [
    false, false, false, false, true, false,
  ]);
  assert.equal(text('draw-say'), 'Until you draw, ranges, shares of draws, and groups are from run 7, not from your settings.');
  assert.equal(document.querySelector('[data-of]').textContent, 'settings of run 7');
});

test('a movement ranks the countries again, and says who enters and leaves', async () => {
  const { byId, text, table, enter, window, document } = await openWhatIf();
  enter('w-births', '5');
  assert.equal(text('say'), 'Cland enters the first 2; Bland leaves it. No country moves by five places or more.');
  assert.deepEqual(table(), [
    ['1', '1', 'Aland', 'Same', '1–2', '90%', 'Firmly in'],
    ['2', '3', 'Cland', 'Up 1', '3–4', '30%', 'Open'],
  ]);
  assert.equal(document.querySelectorAll('tbody tr')[1].className, 'is-cut');
  assert.equal(document.querySelector('tbody tr + tr a').getAttribute('href'), '/countries/CCC/');
  assert.deepEqual([text('ins'), text('outs')], ['Cland3 → 2', 'Bland2 → 3']);
  assert.equal(byId('ins').querySelector('a').getAttribute('href'), '/countries/CCC/');
  assert.equal(text('noise'), 'No. In run 7, Bland stayed in the first 2 in 80% of draws; Cland reached the first 2 in 30% of draws. '
    + 'Each of these countries was already open: neither firmly in nor firmly out.');
  assert.equal(text('bar'), 'In: Cland. Out: Bland. More than noise? No.');
  assert.equal(byId('slope').querySelector('b').textContent, '1 of the first 2 stay in both.');
  assert.equal(byId('csv').getAttribute('href'), '/what-if/?run=7&w-births=5&format=csv');
  assert.equal(byId('keep-scenario').getAttribute('href'), '/keep/?run=7&w-births=5');
  assert.equal(byId('make-draft').getAttribute('href'), '/draft/?run=7&w-births=5');
  assert.equal(window.location.search, '?run=7&w-births=5');
});

test('going back restores the form and the list', async () => {
  const { byId, text, table, enter, window } = await openWhatIf();
  const first = window.history.state;
  enter('w-births', '5');
  send(window, 'popstate', { state: first });
  assert.equal(byId('w-births').value, '50');
  assert.deepEqual(table(), ROWS);
  assert.equal(text('say'), 'Nothing has changed: this is run 7. Change a number to see who would move.');
});

test('typing is answered a moment after its last event', async () => {
  const { byId, text, document } = await openWhatIf();
  byId('w-births').value = '5';
  send(byId('w-births'), 'input');
  assert.equal(document.documentElement.dataset.whatIf, 'moving');
  assert.match(text('say'), /^Nothing has changed/);
  assert.equal(byId('w-births').closest('.c-w').className, 'c-w is-changed');
  await after(80);
  assert.match(text('say'), /^Cland enters/);
  assert.equal(document.documentElement.dataset.whatIf, 'ready');
});

test('a press on a button is over before the page answers', async () => {
  const { byId, text, document } = await openWhatIf();
  byId('w-births').value = '5';
  send(byId('copy'), 'pointerdown');
  send(byId('w-births'), 'change');
  assert.match(text('say'), /^Nothing has changed/);
  send(document, 'pointerup');
  await after();
  assert.match(text('say'), /^Cland enters/);
});

test('a country from outside the pool gains a rank', async () => {
  const { table, text, document, enter } = await openWhatIf();
  const box = document.querySelector('[name=pool]');
  box.id = 'box';
  enter('box', true);
  assert.deepEqual(table()[0], ['1', '–', 'Eland', 'Gains a rank', '–', '–', '–']);
  assert.deepEqual(table()[1].slice(0, 4), ['2', '1', 'Aland', 'Down 1']);
  assert.deepEqual([text('ins'), text('outs')], ['Elandno rank → 1', 'Bland2 → 3']);
  assert.equal(text('noise'), 'No. In run 7, Bland stayed in the first 2 in 80% of draws. '
    + 'Each of these countries was already open: neither firmly in nor firmly out. Eland gains a rank.');
  assert.equal(text('counts'), '1 country is provisional and gets no rank; no country of the TIP Report is outside the pool.');
});

test('who moves farthest by an option alone is named', async () => {
  const { byId, text, enter } = await openWhatIf();
  enter('take-survey', 'other');
  assert.equal(text('farthest'), 'With survey “other”, Cland moves from 3 to 1.');
  assert.equal(byId('farthest').hidden, false);
  enter('w-births', '5');
  assert.deepEqual([text('farthest'), byId('farthest').hidden], ['', true]);
});

test('the farthest is not named beside another list than that of the run', async () => {
  const { text, enter } = await openWhatIf({ page: { base: { short: 'Run 6', ranks: { AAA: 1, BBB: 2, CCC: 3 }, own: false } } });
  assert.equal(text('say'), 'The first 2 stay the same. No country moves.');
  enter('take-survey', 'other');
  assert.equal(text('farthest'), '');
});

test('a number out of range stops the answer, and the last list stays', async () => {
  const { byId, text, table, enter, window } = await openWhatIf();
  enter('w-births', '5');
  enter('w-births', '101');
  assert.equal(text('stops'), 'Out of range');
  assert.equal(text('say'), 'A number is out of range. Correct each number that is marked to see the effect.');
  assert.equal(text('bar'), 'A number is out of range.');
  assert.equal(text('noise'), 'Nothing to explain: no effect was computed.');
  assert.equal(table()[1][2], 'Cland');
  assert.deepEqual(['slope', 'rows', 'counts'].map((id) => byId(id).className), ['is-stopped', 'is-stopped', 'is-stopped']);
  assert.equal(byId('e-w-births').textContent, 'Enter a number from 0 to 100.');
  assert.equal(window.location.search, '?run=7&w-births=5');
  enter('w-births', '50');
  assert.deepEqual([text('stops'), byId('rows').className, table()[1][2]], ['', '', 'Bland']);
});

test('of numbers out of range in the address, the text of the server stays', async () => {
  const { text } = await openWhatIf({ values: { births: '101', stops: 'From the server' } });
  assert.equal(text('stops'), 'From the server');
});

test('if nothing is weighted there is no list, and the last one stays', async () => {
  const { text, table, enter } = await openWhatIf();
  enter('w-need', '0');
  assert.equal(text('stops'), 'Only feasibility counts now.');
  enter('w-feasibility', '0');
  assert.equal(text('stops'), 'Nothing weighted');
  assert.equal(text('say'), 'No country can be ranked. Every weight is 0: raise need or feasibility.');
  assert.equal(table().length, 2);
  enter('w-feasibility', '40');
  enter('w-need', '60');
  enter('w-births', '0');
  enter('w-cpi', '0');
  assert.equal(text('stops'), 'Only feasibility counts now.');
});

test('the scenario that a page was opened with is named until its numbers change', async () => {
  const scenario = { weights: { births: 5 }, let_in: [], evidence: {} };
  const { byId, enter } = await openWhatIf({ values: { births: '5' }, page: { scenario } });
  assert.deepEqual([byId('scenario-is').hidden, byId('scenario-from').hidden], [false, true]);
  enter('w-births', '6');
  assert.deepEqual([byId('scenario-is').hidden, byId('scenario-from').hidden], [true, false]);
});

test('a list to compare with is opened with the question', async () => {
  const { byId, enter, window } = await openWhatIf();
  enter('w-births', '5');
  const opened = [];
  Object.defineProperty(globalThis, 'location', { value: { href: window.location.href, assign: (to) => opened.push(to) }, configurable: true });
  byId('with').value = '6';
  send(byId('with'), 'change');
  assert.deepEqual(opened, ['/what-if/?run=7&with=6&w-births=5']);
});

test('the form is sent by its own button alone', async () => {
  const { byId } = await openWhatIf();
  assert.equal(send(byId('what-if'), 'submit', { submitter: byId('keep') }).defaultPrevented, true);
  assert.equal(send(byId('what-if'), 'submit', { submitter: byId('draw') }).defaultPrevented, false);
});

test('the link of the question is copied, or left in the address bar', async () => {
  const { byId, text, enter, window } = await openWhatIf();
  enter('w-births', '5');
  const copied = [];
  const clipboard = { writeText: async (link) => { copied.push(link); } };
  Object.defineProperty(globalThis, 'navigator', { value: { clipboard }, configurable: true });
  send(byId('copy'), 'click');
  await after();
  assert.deepEqual([copied, text('copy')], [['https://cpc.example/what-if/?run=7&w-births=5'], 'Link copied']);
  clipboard.writeText = () => Promise.reject(new Error('no permission'));
  window.history.replaceState({}, '', '/what-if/');
  send(byId('copy'), 'click');
  await after();
  assert.deepEqual([text('copy'), window.location.search], ['Copy the page’s address', '?run=7&w-births=5']);
});

/* ---- draws ------------------------------------------------------------------------------------------------------- */

const FINDINGS = { low: [1, 2, 2, 0, 0], high: [1, 3, 3, 0, 0], p20: [0.999, 0.6, 0.04, 0, 0] };

test('draws are asked of the worker, and their chances shown for the very list', async () => {
  const { byId, text, table, enter, document, workers } = await openWhatIf();
  enter('w-births', '45');
  assert.equal(send(byId('draw'), 'click').defaultPrevented, true);
  const [worker] = workers;
  assert.equal(worker.address, '/worker.js');
  assert.deepEqual(worker.sent.map(({ type }) => type), ['start', 'ask']);
  assert.equal(worker.sent[0].tables, '/tables/');
  assert.deepEqual([worker.sent[1].number, worker.sent[1].question.weights], [1, { births: 45 }]);
  assert.deepEqual([byId('drawing').hidden, byId('draw-say').hidden, text('drawing').trim()], [false, true, '0 of 1,000 draws']);
  assert.deepEqual(table()[0].slice(4), ['…', '…', '…']);
  worker.onmessage({ data: { type: 'progress', number: 1, done: 512 } });
  assert.deepEqual([byId('progress').value, text('drawing').trim()], [512, '512 of 1,000 draws']);
  worker.onmessage({ data: { type: 'done', number: 1, findings: FINDINGS } });
  assert.deepEqual(table().map((row) => row.slice(4)), [['1–1', '>99%', 'Firmly in'], ['2–3', '60%', 'Open']]);
  assert.equal(text('draw-say'), 'Ranges, shares, and groups are from 1,000 draws of data, weights, and method with your settings: '
    + '1 firmly in, 1 open, 1 firmly out.');
  assert.equal(document.querySelector('[data-of]').textContent, 'your settings');
  assert.equal(byId('csv').getAttribute('href'), '/what-if/?run=7&w-births=45&format=csv&draws=1');
  assert.deepEqual([byId('drawing').hidden, byId('draw-say').hidden], [true, false]);
  enter('w-births', '44');
  assert.deepEqual(table()[0].slice(4), ['…', '…', '…']);
  assert.equal(text('draw-say'), 'The settings have changed since the last draws. Draw again to update ranges and shares of draws.');
  enter('w-births', '50');
  assert.deepEqual(table(), ROWS);
});

test('an answer to an earlier question is not shown', async () => {
  const { byId, enter, table, workers } = await openWhatIf();
  enter('w-births', '45');
  send(byId('draw'), 'click');
  enter('w-births', '44');
  workers[0].onmessage({ data: { type: 'done', number: 1, findings: FINDINGS } });
  assert.deepEqual(table()[0].slice(4), ['1–2', '90%', 'Firmly in']);
  send(byId('draw'), 'click');
  assert.deepEqual([workers.length, workers[0].sent.length, workers[0].sent[2].number], [1, 3, 2]);
});

test('where draws cannot be had, the button is left to the server', async () => {
  const text = 'Your browser cannot compute draws. The button asks the server to compute them and reloads the page.';
  const without = await openWhatIf({ hasWorker: false });
  assert.equal(without.text('draw-say'), text);
  assert.equal(send(without.byId('draw'), 'click').defaultPrevented, false);
  const page = await openWhatIf();
  send(page.byId('draw'), 'click');
  page.workers[0].onmessage({ data: { type: 'failed', number: 1, reason: 'tables' } });
  assert.equal(page.text('draw-say'), text);
  assert.equal(page.byId('drawing').hidden, true);
  assert.equal(send(page.byId('draw'), 'click').defaultPrevented, false);
});

test('nothing is drawn while a number is out of range', async () => {
  const { byId, enter, workers } = await openWhatIf();
  enter('w-births', '101');
  send(byId('draw'), 'click');
  assert.deepEqual(workers, []);
});

test('draws that the server made are shown', async () => {
  const page = { drawn: { AAA: [1, 1, 0.95], BBB: [2, 3, 0.7] } };
  const { table, text } = await openWhatIf({ page });
  assert.deepEqual(table().map((row) => row.slice(4)), [['1–1', '95%', 'Firmly in'], ['2–3', '70%', 'Open']]);
  assert.match(text('draw-say'), /1 firmly in, 1 open, 0 firmly out\.$/);
});

test('a run of an earlier method has no groups', async () => {
  const { table, text, byId, workers } = await openWhatIf({ page: { groups_by: null, limits: [] } });
  assert.deepEqual(table()[0], ROWS[0].slice(0, 6));
  assert.equal(text('draw-say'), 'Until you draw, ranges and shares of draws are from run 7, not from your settings.');
  send(byId('draw'), 'click');
  workers[0].onmessage({ data: { type: 'done', number: 1, findings: FINDINGS } });
  assert.equal(text('draw-say'), 'Ranges and shares of draws are from 1,000 draws with your settings. Which countries are firmly in '
    + 'or out was not recomputed, because that also requires the other methods.');
});

test('the whole list is shown where the address asks for it', async () => {
  const { table, text } = await openWhatIf({ page: { rows: null } });
  assert.deepEqual([table().length, text('count')], [3, 'All 3 ranked']);
});

test('the picture is drawn again once the width of the page changes', async () => {
  const { byId, phone } = await openWhatIf();
  const svg = byId('slope').querySelector('svg');
  svg.querySelector('desc').textContent = 'Old';
  phone.change();
  assert.equal(svg.querySelector('desc').textContent, 'The same countries are among the first 2 in both.');
});

test('a country is followed after each movement, with its rank over the weight that was moved last', async () => {
  const inAddress = [['run', '7'], ['follow', 'CCC']];
  const { byId, text, enter, after } = await openWhatIf({ page: { follow: 'CCC', inAddress } });
  assert.equal(text('follow-rank'), '3');
  assert.equal(text('follow-say'), 'As in run 7, 1 short of the first 2. Its score is 57.0; rank 2 takes 68.0.');
  assert.ok(byId('sweep-panel').hidden);
  assert.equal(byId('follow-stop').getAttribute('href'), '/what-if/?run=7');
  enter('w-births', '10');
  await after(100);
  assert.equal(text('h-sweep'), 'Cland, by the weight of births');
  assert.ok(!byId('sweep-panel').hidden);
  assert.equal(byId('sweep').querySelectorAll('circle').length >= 2, true);
  const near = [...byId('around').querySelectorAll('tr')].map((row) => row.children[2].textContent);
  assert.deepEqual(near.sort(), ['Aland', 'Bland', 'Cland']);
});

test('values of a country that are changed stay in each address, and the list is not that of the run', async () => {
  const changes = [['value-CCC-births', '48']];
  const page = { changes, inAddress: [['run', '7'], ...changes] };
  const { byId, text } = await openWhatIf({ page });
  assert.doesNotMatch(text('say'), /Nothing has changed/);
  assert.match(text('draw-say'), /no draws are made with changed values/);
  assert.equal(byId('keep-scenario').getAttribute('href'), '/keep/?run=7&value-CCC-births=48');
});
