"""Maps on paper: A3 and A4, as PDF and SVG, in three languages.

`drawing` makes the picture (pure), `labels` finds room for the names (pure), `sheets` says what stands on the sheet, which
`atlas.print_cache` has set by Typst, as that shapes Arabic.
"""
