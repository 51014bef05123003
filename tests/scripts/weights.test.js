import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, runScript, send } from './browser.js';

const CASES = [
  [['25', '75'], 'even', false, [['25.0%', '12.5%'], ['75.0%', '37.5%']]],
  [['30', '30.5'], 'adds up to 60.5', false, [['49.6%', '24.8%'], ['50.4%', '25.2%']]],
  [['0.1', '0.2'], 'adds up to 0.3', false, [['33.3%', '16.7%'], ['66.7%', '33.3%']]],
  [['0', '0'], 'zero', true, [['–', '–'], ['–', '–']]],
  [['', '100'], 'unclear', true, [['–', '–'], ['–', '–']]],
  [['-1', '100'], 'unclear', true, [['–', '–'], ['–', '–']]],
  [['1000001', '1'], 'unclear', true, [['–', '–'], ['–', '–']]],
  [['1000000', '0'], 'adds up to 1000000', false, [['100.0%', '50.0%'], ['0.0%', '0.0%']]],
];

test('shares and their sum follow the points', async () => {
  for (const [typed, sentence, isError, shares] of CASES) {
    const rows = typed.map((value) => `<tr><td><input value="${value}"></td><td data-here></td><td data-whole></td></tr>`).join('');
    const { document } = openPage(`<form><table data-shares="0.5"><tbody>${rows}</tbody></table><button name="switch"></button></form>
      <output data-points data-unclear="unclear" data-zero="zero" data-even="even" data-other="adds up to {}">of the server</output>`);
    await runScript('weights.js');
    const output = document.querySelector('output');
    assert.equal(output.textContent, 'of the server');
    assert.equal(document.querySelector('button').hidden, true);
    send(document.querySelector('input'), 'input');
    assert.equal(output.textContent, sentence, typed);
    assert.equal(output.classList.contains('usa-error-message'), isError, typed);
    const texts = (name) => [...document.querySelectorAll(`[data-${name}]`)].map((cell) => cell.textContent);
    assert.deepEqual([texts('here'), texts('whole')], [0, 1].map((column) => shares.map((row) => row[column])), typed);
  }
});

test('a table without a button for the server follows, too', async () => {
  const { document } = openPage('<form><table data-shares="1"><tbody><tr><td><input value="5"></td><td data-here></td><td data-whole></td></tr></tbody></table></form><output data-points data-other="{}"></output>');
  await runScript('weights.js');
  send(document.querySelector('input'), 'input');
  assert.deepEqual([document.querySelector('[data-here]').textContent, document.querySelector('output').textContent], ['100.0%', '5']);
});
