"""Words for templates about the publication and its pages."""
