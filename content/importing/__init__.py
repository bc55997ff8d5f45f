"""How writing from elsewhere becomes articles.

source    a file or folder we read: Markdown files, or a WordPress export (WXR)
piece     one article as the source tells it, before anything is written
place     where in a file something stands: line and column, or the byte
finding   one thing the report tells about a piece or a file, with its place
key       by which a second import meets the same page: `markdown:…`, `wxr:…`
"""
