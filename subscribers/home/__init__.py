"""The reader's own doors: what I get, how often, a pause, the way out, my data. No password: a link in each mail."""
