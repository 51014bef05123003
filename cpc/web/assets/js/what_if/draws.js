/* Draws of data, weights and design for a question, and the shares and intervals that come of them. */

import { Blocks } from './blocks.js';
import { BLOCK, QUANTILES, WINDOW, WeightDraws, generator, numbers, places } from './chance.js';
import { DesignDraws, designsOf, valuesOf } from './designs.js';
import { ALL_ZERO, PROVISIONAL, rank, weighted } from './official.js';

const MAGIC = 0x43504332; // CPC2
const HEADER = 24;
const PERCENTS = [5, 50, 95];

/** Read the binary file of the laws of uncertain cells; selection/what_if/laws.py describes it. */
export function readTables(prepared, buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0) !== MAGIC) { throw new Error('these are no tables of cells'); }
  const [quantiles, count, cells, held, size] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at, true));
  if (quantiles !== QUANTILES) { throw new Error(`tables of ${quantiles} quantiles; these scripts read ${QUANTILES}`); }
  const made = {
    quantiles,
    of: new Int32Array(prepared.size * prepared.width).fill(-1),
    held: new Int32Array(prepared.size * prepared.width).fill(-1),
    references: new Uint16Array(size),
    values: new Float32Array(count * quantiles),
  };
  const from = HEADER + 4 * (cells + held);
  for (let c = 0, next = 0; c < cells + held; c += 1) {
    const [country, leaf] = [0, 2].map((at) => view.getUint16(HEADER + 4 * c + at, true));
    (c < cells ? made.of : made.held)[country * prepared.width + leaf] = next;
    next += levelsOf(prepared, leaf);
  }
  for (let r = 0; r < size; r += 1) { made.references[r] = view.getUint16(from + 2 * r, true); }
  const low = new Uint8Array(buffer, from + 2 * size, count * quantiles);
  const high = new Uint8Array(buffer, from + 2 * size + count * quantiles, count * quantiles);
  for (let t = 0; t < count; t += 1) {
    let level = 0;
    for (let q = t * quantiles; q < (t + 1) * quantiles; q += 1) {
      level += low[q] + 256 * high[q];
      made.values[q] = level / 65535;
    }
  }
  return made;
}

/** The number of levels at which designs take a criterion. */
function levelsOf({ levels }, leaf) {
  return levels.get(leaf)?.columns.length ?? 1;
}

/** First and last rank of the bands in which shares of draws are shown. */
export function bands(short, first, ranked) {
  const ends = [...new Set([Math.max(1, Math.floor(short / 2)), short, first, 2 * first])].sort((a, b) => a - b);
  const starts = [1, ...ends.map((end) => end + 1)];
  return [...ends.map((end, i) => [starts[i], end]), [starts.at(-1), Math.max(ranked, starts.at(-1))]];
}

/**
 * Draw data and weights together, and the design where the draws of the run vary it.
 * @param {object} prepared of `prepare`
 * @param {object} tables of `readTables`
 * @param {Question} question
 * @param {{draws?: number, seed?: number, designs?: boolean, onProgress?: function(number, number): void}} [options] the
 *   run's draws and seed where none are given; the same seed gives the same answer, and unchanged parts of a question
 *   the same draws. Without `designs`, data and weights alone are drawn, by the options that the question asks for
 * @returns {Findings}
 */
export function draw(prepared, tables, question, options = {}) {
  const work = drawing(prepared, tables, question, options);
  let step = work.next();
  while (!step.done) {
    options.onProgress?.(step.value, options.draws ?? prepared.payload.draws);
    step = work.next();
  }
  return step.value;
}

/**
 * @typedef {object} Findings
 * @property {string} error "" or `ALL_ZERO`
 * @property {number} draws
 * @property {number[]} ranked numbers of the ranked countries, in official order
 * @property {number[]} provisional
 * @property {Int32Array} low rank at 5% of the draws by number of the country, 0 for who is neither; of a provisional
 *   country the place
 * @property {Int32Array} median
 * @property {Int32Array} high rank at 95%
 * @property {Float64Array} p10 share of draws within the smaller N of the run (`short`), NaN for who is neither
 * @property {Float64Array} p20 share of draws within the greater N (`first`)
 * @property {number[][]} bands first and last rank of each band
 * @property {Float64Array} bins share of draws by country and band
 */

/** The same block by block: a generator that yields the draws done and returns the findings. */
export function* drawing(prepared, tables, question, options = {}) {
  const { draws = prepared.payload.draws, seed = prepared.payload.seed, designs = true } = options;
  if (!(draws >= 1 && draws <= WINDOW)) { throw new RangeError(`${draws} draws; take 1 to ${WINDOW}`); }
  const branches = weighted(prepared, question);
  const official = rank(prepared, question);
  const provisional = official.rows.filter((r) => r.status === PROVISIONAL && r.score !== null).map((r) => r.index);
  if (!branches) { return { ...summary(prepared, [], [], [], [], draws), error: ALL_ZERO }; }
  const ranked = official.order;
  const m = ranked.length;
  const offsets = places(tables.of.length, generator(seed));
  const laid = designsOf(prepared, question, branches, ranked, designs);
  const weights = new WeightDraws(prepared, branches, generator(seed + 1), laid?.branches.map(({ shares }) => shares));
  const drawn = laid && new DesignDraws(laid, tables.quantiles, generator(seed + 2));
  const law = lawsOf(prepared, tables, question, laid, drawn, offsets);
  const blocks = new Blocks(prepared, valuesOf(prepared, question), branches, [...ranked, ...provisional], m, law);
  const counts = new Uint32Array(m * m);
  const beside = new Uint32Array(provisional.length * (m + 1));
  for (let start = 0; start < draws; start += BLOCK) {
    const count = Math.min(BLOCK, draws - start);
    drawn?.block(count);
    blocks.run(weights.block(start, count, drawn?.levels), start, count, drawn);
    tally(blocks, count, counts, beside, provisional.length);
    yield start + count;
  }
  return summary(prepared, ranked, provisional, counts, beside, draws);
}

/** The law of a cell, by its country and criterion: null for an exact one, else what adds its draws times the weights. */
function lawsOf(prepared, tables, question, laid, drawn, offsets) {
  const { values, quantiles, references } = tables;
  const pool = numbers();
  const held = new Set(prepared.payload.criteria.flatMap(({ key }, leaf) => (question.held?.includes(key) ? [leaf] : [])));
  const tableAt = (number) => values.subarray(references[number] * quantiles, (references[number] + 1) * quantiles);
  return (country, leaf) => {
    const cell = country * prepared.width + leaf;
    const first = (held.has(leaf) ? tables.held : tables.of)[cell];
    if (first < 0) { return null; }
    const level = laid?.levels.get(leaf);
    if (!level || level.every((one) => one === level[0])) {
      const table = tableAt(first + (level ? level[0] : 0));
      return (out, weights, start, count) => takeTable(out, weights, table, pool, offsets[cell] + start, count);
    }
    const table = new Float32Array(levelsOf(prepared, leaf) * quantiles);
    for (let l = 0; l < table.length / quantiles; l += 1) { table.set(tableAt(first + l), l * quantiles); }
    const begins = drawn.begins.get(leaf);
    return (out, weights, start, count) => takeLevels(out, weights, table, begins, pool, offsets[cell] + start, count);
  };
}

function takeTable(out, weights, table, drawn, from, count) {
  for (let k = 0; k < count; k += 1) { out[k] += weights[k] * table[drawn[from + k]]; }
}

function takeLevels(out, weights, table, begins, drawn, from, count) {
  for (let k = 0; k < count; k += 1) { out[k] += weights[k] * table[begins[k] + drawn[from + k]]; }
}

function tally(blocks, count, counts, beside, others) {
  const { m } = blocks;
  blocks.ranks(count, (slot, _, taken) => { counts[slot * m + taken] += 1; });
  for (let other = 0; other < others; other += 1) {
    for (let k = 0; k < count; k += 1) { beside[other * (m + 1) + blocks.above(other, k)] += 1; }
  }
}

function summary(prepared, ranked, provisional, counts, beside, draws) {
  const { size, payload } = prepared;
  const cuts = bands(payload.short, payload.first, ranked.length);
  const found = {
    error: '',
    draws,
    ranked,
    provisional,
    low: new Int32Array(size),
    median: new Int32Array(size),
    high: new Int32Array(size),
    p10: new Float64Array(size).fill(NaN),
    p20: new Float64Array(size).fill(NaN),
    bands: cuts,
    bins: new Float64Array(size * cuts.length),
  };
  const describe = (country, own) => {
    const share = (from, to) => own.slice(from - 1, to).reduce((sum, n) => sum + n, 0) / draws;
    [found.low, found.median, found.high].forEach((ends, i) => {
      let cumulated = 0;
      let at = 0;
      while (at < own.length && (cumulated + own[at]) * 100 < PERCENTS[i] * draws) { cumulated += own[at]; at += 1; }
      ends[country] = at + 1;
    });
    found.p10[country] = share(1, payload.short);
    found.p20[country] = share(1, payload.first);
    cuts.forEach(([from, to], i) => {
      found.bins[country * cuts.length + i] = share(from, i === cuts.length - 1 ? own.length : to);
    });
  };
  const m = ranked.length;
  ranked.forEach((country, slot) => describe(country, counts.slice(slot * m, (slot + 1) * m)));
  provisional.forEach((country, slot) => describe(country, beside.slice(slot * (m + 1), (slot + 1) * (m + 1))));
  return found;
}

/**
 * Ranks of some countries in draws that are given: the proof that browser and server count alike.
 * @param {object} prepared of `prepare`
 * @param {number[]} countries
 * @param {Float32Array|Float64Array} uDraws u by country, criterion and draw; what does not apply is NaN in the payload
 * @param {Float32Array[][]} weightDraws by branch and child the local weights of the draws, in the payload's order
 * @param {?number[]} [numbersOfDesigns] the design of each draw, where draws vary it
 * @returns {Uint16Array} ranks from 1, by country and draw
 */
export function rankDraws(prepared, countries, uDraws, weightDraws, numbersOfDesigns = null) {
  const draws = uDraws.length / (countries.length * prepared.width);
  const at = new Map(countries.map((country, slot) => [country, slot]));
  const branches = weighted(prepared, {});
  const laid = numbersOfDesigns && designsOf(prepared, {}, branches, countries, true);
  const axes = laid && new DesignDraws(laid, QUANTILES, null);
  const order = Array.from({ length: draws }, (_, k) => k);
  if (laid) { order.sort((a, b) => laid.arithmetic[numbersOfDesigns[a]] - laid.arithmetic[numbersOfDesigns[b]] || a - b); }
  const blocks = new Blocks(prepared, prepared.u, branches, countries, countries.length, (country, leaf) => {
    const from = (at.get(country) * prepared.width + leaf) * draws;
    return (out, weights, start, count) => {
      for (let k = 0; k < count; k += 1) { out[k] += weights[k] * uDraws[from + order[start + k]]; }
    };
  });
  const ranks = new Uint16Array(countries.length * draws);
  for (let start = 0; start < draws; start += BLOCK) {
    const taken = order.slice(start, start + BLOCK);
    const local = weightDraws.map((rows) => rows.map((row) => Float32Array.from(taken, (k) => row[k])));
    blocks.run(local, start, taken.length, axes?.given(taken.map((k) => numbersOfDesigns[k])));
    blocks.ranks(taken.length, (slot, k, above) => { ranks[slot * draws + taken[k]] = above + 1; });
  }
  return ranks;
}
