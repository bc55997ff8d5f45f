"""The sample publication: what a first visitor finds, made through the product's own functions.

text      a Markdown file below `texts/<language>/`, read by the importer of content
day       the reference day from which every date counts back
seed      the number from which the invented people and all that they do are drawn
model     what they are and do, without a database; its truths are what reports must say
living    the model told to the product, each thing at its own moment in the past
fill      makes everything once; clear takes away what fill made, and nothing else
"""
