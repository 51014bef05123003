import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, runScript, send } from './browser.js';

const CASES = [
  [[['1', '100'], ['2', '50']], ['67%', '33%'], 'agree'],
  [[['1', '100'], ['1', '100']], ['50%', '50%'], 'agree'],
  [[['1', '100'], ['2', '0']], ['100%', '0%'], 'agree'],
  [[['1', '100'], ['2', '5']], ['95%', '4.8%'], 'agree'],
  [[['2', '100'], ['1', '50']], ['67%', '33%'], 'B above A'],
  [[['1', '99'], ['2', '50']], ['66%', '34%'], 'top'],
  [[['1', '101'], ['2', '50']], ['–', '–'], ''],
  [[['1', '0'], ['2', '0']], ['–', '–'], 'top'],
  [[['', '100'], ['', '50']], ['67%', '33%'], ''],
  [[['1', '100'], ['2', '']], ['–', '–'], ''],
];

test('weights follow ranks and points', async () => {
  for (const [typed, weights, sentence] of CASES) {
    const rows = typed.map(([rank, points], index) => `<tr data-part="${'AB'[index]}"><td><input value="${rank}"></td>
      <td><input value="${points}"></td><td data-weight></td></tr>`).join('');
    const { document } = openPage(`<form><section><table data-swings><tbody>${rows}</tbody></table>
      <p data-consistency data-agree="agree" data-top="top" data-order="{} above {}"></p></section><button name="switch"></button></form>`);
    await runScript('weighting.js');
    send(document.querySelector('input'), 'input');
    assert.deepEqual([...document.querySelectorAll('[data-weight]')].map((cell) => cell.textContent), weights, String(typed));
    assert.equal(document.querySelector('[data-consistency]').textContent, sentence, String(typed));
    assert.equal(document.querySelector('button').hidden, true);
  }
});
