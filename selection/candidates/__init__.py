"""Candidates of a round: labels, badges, and statutory checks that other rooms share."""
