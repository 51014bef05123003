"""Questions about one country: the changes that would bring it among the first N of a run, or out of them."""
