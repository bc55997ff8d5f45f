"""Words for templates about newsletters and their issues."""
