import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, runScript } from './browser.js';

const ROWS = [
  { name: 'Stays', href: '/1', before: 1, after: 1 },
  { name: 'Leaves', href: '/2', before: 2, after: 4 },
  { name: 'Enters', href: '/3', before: 3, after: 2 },
  { name: 'Beyond', href: '/4', before: 4, after: 5 },
  { name: 'Unranked', href: '/5', before: null, after: 3 },
];

/** Draw on a picture of this width, with a pen that takes ten units for a letter, and a tenth more for a bold one. */
async function draw({ rows = ROWS, width = 600, first = 2, top = 3, titles = ['Run 1', 'Now'] } = {}) {
  const { window, document } = openPage(`<svg viewBox="0 0 ${width} 200"><title>Title</title><desc>Old</desc><path class="old"></path></svg>`);
  const pen = { font: '', measureText: (text) => ({ width: text.length * (pen.font.startsWith('600') ? 11 : 10) }) };
  const create = document.createElement.bind(document);
  document.createElement = (name) => (name === 'canvas' ? { getContext: () => pen } : create(name));
  globalThis.getComputedStyle = () => ({ fontFamily: 'Public Sans' });
  const { redraw } = await runScript('what_if/slope.js');
  const svg = document.querySelector('svg');
  Object.defineProperty(svg, 'viewBox', { value: { baseVal: { width } } });
  const children = svg.querySelector.bind(svg);
  svg.querySelector = (wanted) => children(wanted.replace(':scope > ', ''));
  redraw(svg, titles, rows, { first, top });
  const all = (wanted) => [...svg.querySelectorAll(wanted)];
  const at = (part, ...names) => names.map((name) => part.getAttribute(name));
  return { window, svg, all, at };
}

test('the picture is replaced, its title stays, and its text says who moves', async () => {
  const { svg } = await draw();
  assert.deepEqual([...svg.children].slice(0, 3).map((part) => part.localName), ['title', 'desc', 'rect']);
  assert.equal(svg.querySelector('title').textContent, 'Title');
  assert.equal(svg.querySelector('.old'), null);
  assert.equal(svg.querySelector('desc').textContent, 'Enter the first 2: Enters. Leave it: Leaves.');
});

test('the text of a picture in which nobody crosses says so', async () => {
  const { svg } = await draw({ rows: [ROWS[0], ROWS[3]] });
  assert.equal(svg.querySelector('desc').textContent, 'The same countries are among the first 2 in both.');
  const { svg: other } = await draw({ rows: [ROWS[0], ROWS[1]] });
  assert.equal(other.querySelector('desc').textContent, 'Enter the first 2: none. Leave it: Leaves.');
});

test('lines run between the ranks, those that cross last and marked', async () => {
  const { all, at } = await draw();
  assert.deepEqual(all('path.k-sl').map((path) => at(path, 'class', 'd')), [
    ['k-sl', 'M190 52L410 52'],
    ['k-sl', 'M190 140L410 108'], // from below the picture, as it had no rank
    ['k-sl k-sl--out', 'M190 76L410 140'],
    ['k-sl k-sl--in', 'M190 108L410 76'],
  ]);
});

test('the first ranks are shaded, with an edge below them', async () => {
  const { all, at } = await draw();
  assert.deepEqual(at(all('rect')[0], 'class', 'x', 'y', 'width', 'height'), ['k-quad', '0', '38', '600', '52']);
  assert.deepEqual(at(all('path')[0], 'class', 'd'), ['k-med', 'M0 92L600 92']);
});

test('each end within the picture has a link, a rank, and a dot', async () => {
  const { all, at } = await draw();
  const links = all('a').map((link) => [
    ...at(link, 'class', 'href', 'tabindex', 'aria-label'), link.querySelector('title').textContent,
    ...at(link.querySelector('text'), 'class', 'x', 'y', 'text-anchor'), link.querySelector('text').textContent,
  ]);
  assert.deepEqual(links.slice(0, 2), [
    ['k-link', '/1', '-1', 'Stays', 'Stays', 'k-lb', '156', '56', 'end', 'Stays'],
    ['k-link', '/1', '-1', 'Stays', 'Stays', 'k-lb', '444', '56', 'start', 'Stays'],
  ]);
  assert.deepEqual(links.slice(2).map((link) => [link[3], link[5], link[6]]), [
    ['Unranked', 'k-lb', '444'], ['Leaves', 'k-lb k-lb--on', '156'], ['Enters', 'k-lb k-lb--on', '156'], ['Enters', 'k-lb k-lb--on', '444'],
  ]);
  const ranks = all('text.k-ax').map((text) => [...at(text, 'x', 'y', 'text-anchor'), text.textContent]);
  assert.deepEqual(ranks.slice(0, 2), [['180', '56', 'end', '1'], ['420', '56', 'start', '1']]);
  assert.deepEqual(ranks.slice(-2), [['180', '154', 'end', 'after 3, or no rank'], ['420', '154', null, 'after 3, or no rank']]);
  const dots = all('circle').map((dot) => at(dot, 'class', 'cx', 'cy', 'r'));
  assert.deepEqual(dots.slice(0, 3), [['k-dot0', '190', '52', '3.4'], ['k-dot0', '410', '52', '3.4'], ['k-dot0', '410', '108', '3.4']]);
  assert.deepEqual(dots.at(-1), ['k-dot', '410', '76', '3.4']);
});

test('the last line says that every country shown has a rank', async () => {
  const { all } = await draw({ rows: ROWS.slice(0, 4) });
  assert.deepEqual(all('text.k-ax').slice(-2).map((text) => text.textContent), ['after 3', 'after 3']);
});

test('a narrow picture has less room for names, and cuts them', async () => {
  const rows = [{ name: 'Abcde fghijkl', href: '/', before: 1, after: 1 }, { name: 'Abcdefghi', href: '/', before: 2, after: 3 }];
  const { all, at } = await draw({ rows, width: 440, titles: ['A title too long', 'Now'] });
  assert.deepEqual(all('a').map((link) => [link.querySelector('text').textContent, ...at(link, 'aria-label')]), [
    ['Abcde fg…', 'Abcde fghijkl'], ['Abcde fg…', 'Abcde fghijkl'], ['Abcdefg…', 'Abcdefghi'], ['Abcdefg…', 'Abcdefghi'],
  ]);
  assert.deepEqual(all('text.k-lb--on').slice(0, 2).map((text) => [...at(text, 'x', 'y', 'text-anchor'), text.textContent]), [
    ['114', '18', 'end', 'A title t…'], ['326', '18', null, 'Now'],
  ]);
  const { all: wide } = await draw({ rows, width: 441 });
  assert.equal(wide('a')[0].querySelector('text').textContent, 'Abcde fghijkl');
});
