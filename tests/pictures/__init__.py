"""Every page and screen as pictures: `make screenshots OUT=folder`.

A sheet a view, with its eight variants: Italian and English, light and dark, 1440 and 360 pixels wide. Made on an
installation of its own, filled with the sample of a fixed day, so that two runs show the same.
"""
