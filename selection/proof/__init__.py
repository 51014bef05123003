"""Proof bundles: a ZIP with which an auditor recomputes a run offline, and the hash that a memo prints of it."""
