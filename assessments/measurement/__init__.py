"""The numbers: what an instrument is, what its answers say, and how a person moves.

Pure: the standard library, and numpy in `reliability` only; no Django, no clock, no database. A
module imports only those before it: definition -> scoring, schedule -> quality, change,
reliability -> movement.
"""
