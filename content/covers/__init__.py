"""Covers drawn by code: the same piece always gets the same picture, two pieces never get one alike.

chance        a stream of numbers from a hash of what the piece is
palettes      colours by topic, for light and dark
compositions  where rings, arcs and discs stand
drawing       a picture as SVG text or PNG bytes
"""
