"""The zooms at which cards gain detail: coloured blocks, then body and bar, then the name with it, then everything."""

BLOCKS_BELOW = 0.2
NAMES_FROM = 0.25
ROWS_FROM = 0.45
PORTS_FROM_ZOOM = 0.3
"""Farther away a port or wire is smaller than what a hand can point at: the card is meant, or the paper."""
