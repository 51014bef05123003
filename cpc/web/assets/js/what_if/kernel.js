/* The scoring kernel in the browser: official scores and ranks of a question, and draws of data, weights and design.
   No DOM and no dependency: the page, its worker and Node run the same files. */

import { bands, draw, drawing, rankDraws, readTables } from './draws.js';
import { gammaQuantiles } from './chance.js';
import { designsOf, percentiles } from './designs.js';
import { ALL_ZERO, NOT_RANKABLE, OUTSIDE, PROVISIONAL, RANKED, failing, prepare, rank, statuses, weighted } from './official.js';

export {
  ALL_ZERO,
  NOT_RANKABLE,
  OUTSIDE,
  PROVISIONAL,
  RANKED,
  bands,
  designsOf,
  draw,
  drawing,
  failing,
  gammaQuantiles,
  percentiles,
  prepare,
  rank,
  rankDraws,
  readTables,
  statuses,
  weighted,
};
