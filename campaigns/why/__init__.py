"""“Why did I get this?”: what a mail may tell its reader about itself, and what the reader may press there."""
