"""What a publisher may change without code: name, logo, colours, type and the words at the foot."""
