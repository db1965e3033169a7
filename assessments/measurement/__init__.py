"""The numbers: what an instrument is, what its answers say, and how a person moves.

Pure: the standard library only; no Django, no clock, no database. A module imports only those
before it: definition -> scoring, schedule -> change -> movement.
"""
