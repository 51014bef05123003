"""Tests of our scripts in Node: `*.test.js` with a page of happy-dom."""
