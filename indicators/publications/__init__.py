"""Publications: the numbered changes of published data, and the signals that they send."""
