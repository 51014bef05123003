/* Two rankings side by side: redraws the picture of cpc/web/charts/slope.py with the same geometry. */

const ROW = 24;
const TOP = 40;
const GAP = 8;
const SIZE = 12;
const SPACE = 'http://www.w3.org/2000/svg';

const widths = new Map();
let pen = null;

function wide(text, strong) {
  const key = `${strong}${text}`;
  if (!widths.has(key)) {
    pen ??= document.createElement('canvas').getContext('2d');
    pen.font = `${strong ? 600 : 400} ${SIZE}px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

/** Shorten a text that is wider than its room. */
function cut(text, room, strong) {
  if (wide(text, strong) <= room) { return text; }
  let short = text;
  while (short && wide(`${short}…`, strong) > room) { short = short.slice(0, -1).trimEnd(); }
  return `${short}…`;
}

function tag(name, attributes, text) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) { element.setAttribute(key, value); }
  if (text !== undefined) { element.textContent = text; }
  return element;
}

/**
 * Redraw a picture.
 * @param {SVGElement} svg as the server drew it; its title stays
 * @param {[string, string]} titles
 * @param {{name: string, href: string, before: ?number, after: ?number}[]} rows
 */
export function redraw(svg, titles, rows, { first, top }) {
  const width = svg.viewBox.baseVal.width;
  const left = width > 440 ? 190 : 128;
  const right = width - left;
  const last = TOP + ROW * (top + 1) + 18;
  const y = (rank) => (rank === null || rank > top ? last - 14 : TOP + ROW * (rank - 1) + 12 + (rank > first ? GAP : 0));
  const within = (rank, limit) => rank !== null && rank <= limit;
  const enters = (row) => within(row.after, first) && !within(row.before, first);
  const leaves = (row) => within(row.before, first) && !within(row.after, first);
  const edge = y(first) + 16;
  const body = [
    tag('rect', { class: 'k-quad', x: 0, y: TOP - 2, width, height: ROW * first + 4 }),
    tag('path', { class: 'k-med', d: `M0 ${edge}L${width} ${edge}` }),
    tag('text', { class: 'k-lb k-lb--on', x: left - 14, y: 18, 'text-anchor': 'end' }, cut(titles[0], left - 14, true)),
    tag('text', { class: 'k-lb k-lb--on', x: right + 14, y: 18 }, cut(titles[1], left - 14, true)),
  ];
  const shown = rows.filter((row) => within(row.before, top) || within(row.after, top));
  shown.sort((a, b) => (enters(a) || leaves(a)) - (enters(b) || leaves(b)));
  for (const row of shown) {
    const crosses = enters(row) || leaves(row);
    const mark = enters(row) ? ' k-sl--in' : leaves(row) ? ' k-sl--out' : '';
    body.push(tag('path', { class: `k-sl${mark}`, d: `M${left} ${y(row.before)}L${right} ${y(row.after)}` }));
    const label = cut(row.name, left - 36, crosses);
    for (const [rank, x, side, anchor] of [[row.before, left, -1, 'end'], [row.after, right, 1, 'start']]) {
      if (!within(rank, top)) { continue; }
      const at = y(rank);
      const link = tag('a', { class: 'k-link', href: row.href, tabindex: -1, 'aria-label': row.name });
      link.append(
        tag('title', {}, row.name),
        tag('text', { class: crosses ? 'k-lb k-lb--on' : 'k-lb', x: x + side * 34, y: at + 4, 'text-anchor': anchor }, label),
      );
      body.push(
        link,
        tag('text', { class: 'k-ax', x: x + side * 10, y: at + 4, 'text-anchor': anchor }, rank),
        tag('circle', { class: crosses ? 'k-dot' : 'k-dot0', cx: x, cy: at, r: 3.4 }),
      );
    }
  }
  const tail = shown.some((row) => row.before === null || row.after === null) ? `after ${top}, or no rank` : `after ${top}`;
  body.push(
    tag('text', { class: 'k-ax', x: left - 10, y: last, 'text-anchor': 'end' }, tail),
    tag('text', { class: 'k-ax', x: right + 10, y: last }, tail),
  );
  const names = (pick) => rows.filter(pick).map((row) => row.name).join(', ') || 'none';
  const description = svg.querySelector(':scope > desc');
  description.textContent = rows.some((row) => enters(row) || leaves(row))
    ? `Enter the first ${first}: ${names(enters)}. Leave it: ${names(leaves)}.`
    : `The same countries are among the first ${first} in both.`;
  svg.replaceChildren(svg.querySelector(':scope > title'), description, ...body);
}
