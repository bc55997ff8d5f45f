"""How a running site looks to machines that judge pages: `make looks BASE=http://127.0.0.1:8000`.

`markup` asks the W3C's checker about every page a reader can meet, `phone` asks Lighthouse about four of them. Both
programs come from npm into its own cache; they want Node and Java, and nothing of them stands in this repository.
"""
