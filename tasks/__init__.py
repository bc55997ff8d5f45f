"""When things run: the beat table and tasks of a few lines each. What is due is decided by rows."""
