"""What a reader leaves on a page, and what a request shows of who made it."""
