/* Draws of data and weights for a question, and the shares and intervals that come of them. */

import { Blocks } from './blocks.js';
import { BLOCK, QUANTILES, WINDOW, WeightDraws, generator, numbers, places } from './chance.js';
import { ALL_ZERO, PROVISIONAL, rank, weighted } from './official.js';

const MAGIC = 0x43504331; // CPC1
const PERCENTS = [5, 50, 95];

/** Read the binary file of the laws of uncertain cells. */
export function readTables(prepared, buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 20 || view.getUint32(0) !== MAGIC) { throw new Error('these are no tables of cells'); }
  const quantiles = view.getUint32(4, true);
  if (quantiles !== QUANTILES) { throw new Error(`tables of ${quantiles} quantiles; these scripts read ${QUANTILES}`); }
  const count = view.getUint32(8, true);
  const cells = view.getUint32(12, true);
  const of = new Int32Array(prepared.size * prepared.width).fill(-1);
  for (let c = 0; c < cells; c += 1) {
    const at = 20 + 6 * c;
    of[view.getUint16(at, true) * prepared.width + view.getUint16(at + 2, true)] = view.getUint16(at + 4, true);
  }
  const low = new Uint8Array(buffer, 20 + 6 * cells, count * quantiles);
  const high = new Uint8Array(buffer, 20 + 6 * cells + count * quantiles, count * quantiles);
  const values = new Float32Array(count * quantiles);
  for (let t = 0; t < count; t += 1) {
    let level = 0;
    for (let q = t * quantiles; q < (t + 1) * quantiles; q += 1) {
      level += low[q] + 256 * high[q];
      values[q] = level / 65535;
    }
  }
  return { quantiles, of, values };
}

/** First and last rank of the bands in which shares of draws are shown. */
export function bands(short, first, ranked) {
  const ends = [...new Set([Math.max(1, Math.floor(short / 2)), short, first, 2 * first])].sort((a, b) => a - b);
  const starts = [1, ...ends.map((end) => end + 1)];
  return [...ends.map((end, i) => [starts[i], end]), [starts.at(-1), Math.max(ranked, starts.at(-1))]];
}

/**
 * Draw data and weights together.
 * @param {object} prepared of `prepare`
 * @param {object} tables of `readTables`
 * @param {Question} question
 * @param {{draws?: number, seed?: number, onProgress?: function(number, number): void}} [options] the run's draws and
 *   seed where none are given; the same seed gives the same answer, and unchanged parts of a question the same draws
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
  const { draws = prepared.payload.draws, seed = prepared.payload.seed } = options;
  if (!(draws >= 1 && draws <= WINDOW)) { throw new RangeError(`${draws} draws; take 1 to ${WINDOW}`); }
  const branches = weighted(prepared, question);
  const official = rank(prepared, question);
  const provisional = official.rows.filter((r) => r.status === PROVISIONAL && r.score !== null).map((r) => r.index);
  if (!branches) { return { ...summary(prepared, [], [], [], [], draws), error: ALL_ZERO }; }
  const ranked = official.order;
  const m = ranked.length;
  const drawn = numbers();
  const offsets = places(tables.of.length, generator(seed));
  const weights = new WeightDraws(prepared, branches, generator(seed + 1));
  const blocks = new Blocks(prepared, branches, [...ranked, ...provisional], m, (country, leaf) => {
    const cell = country * prepared.width + leaf;
    return tables.of[cell] < 0 ? null : fromTable(tables, tables.of[cell], drawn, offsets[cell]);
  });
  const counts = new Uint32Array(m * m);
  const beside = new Uint32Array(provisional.length * (m + 1));
  for (let start = 0; start < draws; start += BLOCK) {
    const count = Math.min(BLOCK, draws - start);
    blocks.run(weights.block(start, count), start, count);
    tally(blocks, count, counts, beside, provisional.length);
    yield start + count;
  }
  return summary(prepared, ranked, provisional, counts, beside, draws);
}

function fromTable(tables, number, drawn, offset) {
  const { values, quantiles } = tables;
  const table = values.subarray(number * quantiles, (number + 1) * quantiles);
  return (out, weights, start, count) => takeTable(out, weights, table, drawn, offset + start, count);
}

function takeTable(out, weights, table, drawn, from, count) {
  for (let k = 0; k < count; k += 1) { out[k] += weights[k] * table[drawn[from + k]]; }
}

function tally(blocks, count, counts, beside, others) {
  const { m } = blocks;
  blocks.ranks(count, (slot, k, taken) => { counts[slot * m + taken] += 1; });
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
 * @returns {Uint16Array} ranks from 1, by country and draw
 */
export function rankDraws(prepared, countries, uDraws, weightDraws) {
  const draws = uDraws.length / (countries.length * prepared.width);
  const at = new Map(countries.map((country, slot) => [country, slot]));
  const blocks = new Blocks(prepared, weighted(prepared, {}), countries, countries.length, (country, leaf) => {
    const from = (at.get(country) * prepared.width + leaf) * draws;
    return (out, weights, start, count) => {
      for (let k = 0; k < count; k += 1) { out[k] += weights[k] * uDraws[from + start + k]; }
    };
  });
  const ranks = new Uint16Array(countries.length * draws);
  for (let start = 0; start < draws; start += BLOCK) {
    const count = Math.min(BLOCK, draws - start);
    const local = weightDraws.map((rows) => rows.map((row) => row.subarray(start, start + count)));
    blocks.run(local, start, count);
    blocks.ranks(count, (slot, k, taken) => { ranks[slot * draws + start + k] = taken + 1; });
  }
  return ranks;
}
