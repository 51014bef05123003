"""Tests of the what-if room: questions to a ranking with other weights, rules, and candidates."""
