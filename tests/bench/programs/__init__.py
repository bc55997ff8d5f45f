"""Programs that figures run in processes of their own, so that time and memory are theirs alone."""
