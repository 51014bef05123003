"""The list of countries, and the page of one: each factor from the publisher's cell to points."""
