"""The queue: every open state of a round and of what decides it, as one row for the person who must take it on."""
