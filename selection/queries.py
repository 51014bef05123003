"""What pages and the REST interface may ask of rankings.

`runs` finds stored runs, `ranking` lays one out as rows, `country` gathers all about one country, `comparison`
sets two runs side by side, and `method` tells how the model is made."""

__all__ = ()
