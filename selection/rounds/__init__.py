"""Selection rounds: the pool of candidates, the steps of a round, and the full score."""
