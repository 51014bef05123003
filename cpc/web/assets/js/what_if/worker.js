/* The draws of a question, beside the page so that it stays responsive. A module worker; the page sends

     {type: 'start', payload, tables}      once: the payload of the page, and the address of the tables
     {type: 'ask', number, question}       a question, with draws and seed where they are other than the run's
     {type: 'stop'}                        no question is open any more

   and is answered, for the newest question alone, each message with its number:

     {type: 'progress', number, done, draws}
     {type: 'done', number, findings}      see `Findings` in kernel.js
     {type: 'failed', number, reason}      'tables' where they cannot be had: ask again to try again; else 'draws'

   A newer question ends an older one between two blocks of draws, so that no answer comes to a question that the page
   no longer shows. */

import { drawing, prepare, readTables } from './kernel.js';

let started = null; // {payload, prepared, address}
let tables = null; // a promise of them, fetched with the first question
let newest = null;

/** Let messages in that arrived meanwhile. A timer would wait for 4 ms each time. */
function breathe() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
}

async function fetched({ prepared, address }) {
  const response = await fetch(address, { credentials: 'same-origin' });
  // Who is no longer signed in is led to the sign-in page, which is no failure of the request.
  if (!response.ok || response.redirected) { throw new Error(`the tables answer ${response.status}`); }
  return readTables(prepared, await response.arrayBuffer());
}

async function answer({ number, question, draws = started.payload.draws, seed = started.payload.seed }) {
  const stale = () => newest !== number;
  const failed = (reason) => { if (!stale()) { postMessage({ type: 'failed', number, reason }); } };
  tables ??= fetched(started);
  let laws;
  try {
    laws = await tables;
  } catch {
    tables = null;
    failed('tables');
    return;
  }
  try {
    const work = drawing(started.prepared, laws, question, { draws, seed });
    for (;;) {
      await breathe();
      if (stale()) { return; }
      const { done, value } = work.next();
      if (done) {
        postMessage({ type: 'done', number, findings: value });
        return;
      }
      postMessage({ type: 'progress', number, done: value, draws });
    }
  } catch (error) {
    failed('draws');
    throw error; // so that it shows on the console
  }
}

self.onmessage = ({ data }) => {
  if (data.type === 'start') {
    started = { payload: data.payload, prepared: prepare(data.payload), address: data.tables };
    tables = null;
  } else if (data.type === 'ask') {
    newest = data.number;
    answer(data);
  } else if (data.type === 'stop') {
    newest = null;
  }
};
