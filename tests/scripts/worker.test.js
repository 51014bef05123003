import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, runScript } from './browser.js';
import { PAYLOAD } from './what_if_page.js';
import { tablesOf } from './what_if_tables.js';

const QUESTION = { weights: {}, let_in: [], evidence: {}, options: {}, held: [] };

/** Start the worker; `answer` is what the server gives for the tables. It keeps the messages that it would post. */
async function start(answer = { ok: true, redirected: false, arrayBuffer: async () => tablesOf([]) }) {
  const posted = [];
  const fetched = [];
  globalThis.self = {};
  globalThis.postMessage = (message) => posted.push(message);
  globalThis.fetch = async (...request) => { fetched.push(request); return answer; };
  await runScript('what_if/worker.js');
  const hear = (data) => self.onmessage({ data });
  hear({ type: 'start', payload: PAYLOAD, tables: '/tables/' });
  return { posted, fetched, hear, answer };
}

async function until(posted, type) {
  for (let i = 0; i < 200 && !posted.some((message) => message.type === type); i += 1) { await after(10); }
  return posted.find((message) => message.type === type);
}

test('a question is answered with its number, after its progress', async () => {
  const { posted, fetched, hear } = await start();
  hear({ type: 'ask', number: 3, question: QUESTION, draws: 1500, seed: 4 });
  const { number, findings } = await until(posted, 'done');
  assert.deepEqual([number, findings.draws, findings.ranked], [3, 1500, [0, 1, 2]]);
  assert.deepEqual(posted.slice(0, -1), [
    { type: 'progress', number: 3, done: 1000, draws: 1500 }, { type: 'progress', number: 3, done: 1500, draws: 1500 },
  ]);
  assert.deepEqual(fetched, [['/tables/', { credentials: 'same-origin' }]]);
});

test('the run gives draws and seed where a question names none, and the tables are fetched once', async () => {
  const { posted, fetched, hear } = await start();
  hear({ type: 'ask', number: 1, question: QUESTION });
  assert.equal((await until(posted, 'done')).findings.draws, 1000);
  posted.length = 0;
  hear({ type: 'ask', number: 2, question: QUESTION });
  assert.equal((await until(posted, 'done')).number, 2);
  assert.equal(fetched.length, 1);
});

test('only the newest question is answered, and none after a stop', async () => {
  const { posted, hear } = await start();
  hear({ type: 'ask', number: 1, question: QUESTION });
  hear({ type: 'ask', number: 2, question: QUESTION });
  await until(posted, 'done');
  assert.deepEqual([...new Set(posted.map(({ number }) => number))], [2]);
  posted.length = 0;
  hear({ type: 'ask', number: 3, question: QUESTION });
  hear({ type: 'stop' });
  await after(100);
  assert.deepEqual(posted, []);
});

test('without the tables the question fails, and the next one fetches them again', async () => {
  for (const refused of [{ ok: false, redirected: false, status: 500 }, { ok: true, redirected: true, status: 200 }]) {
    const { posted, fetched, hear } = await start(refused);
    hear({ type: 'ask', number: 1, question: QUESTION });
    assert.deepEqual(await until(posted, 'failed'), { type: 'failed', number: 1, reason: 'tables' });
    hear({ type: 'ask', number: 2, question: QUESTION });
    await after(50);
    assert.deepEqual([fetched.length, posted.length, posted[1].number], [2, 2, 2]);
  }
});
