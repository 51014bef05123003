"""The ranking: groups, chart, map, list, exports, and REST."""
