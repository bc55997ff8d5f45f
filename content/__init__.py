"""What we publish.

topic      what a page is about, in each language
author     who writes; may be invented, and then says so
article    one piece of writing; stands in the magazine or in a column
column     a named series by one author, with its own rhythm
resource   something free to take: a guide, a video, a tool, a book; open, or for an address
"""
