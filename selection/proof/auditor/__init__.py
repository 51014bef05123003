"""Script of the auditor: shares no code with the engine, and needs nothing but Python and numpy.

`verify` is the command; `official` and `draws` are its parts. The bundle holds all of them as one file.
"""
