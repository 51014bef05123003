"""The queue: every open state of a partnership and its records, as one row for the person who must take it on."""
