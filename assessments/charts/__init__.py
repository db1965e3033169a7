"""Charts as pure geometry and escaped SVG: no Django, no clock, no database.

`plane.draw`, `ribbon.draw`, `series.draw` and `sparkline.draw` each take frozen dataclasses of
plain values and of words, and return a `Chart`: the picture and the table of the same numbers.
"""
