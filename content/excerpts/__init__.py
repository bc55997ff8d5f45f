"""The first pages of a PDF as pictures, so that a reader sees what there is to take. Nothing else of the file."""
