"""Resources for an address: asking, granting, downloading, and passing pages on."""
