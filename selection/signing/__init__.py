"""Signing: an approver's decisions on the lines of a memo, and the questions that go back to the office."""
