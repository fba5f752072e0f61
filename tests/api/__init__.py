"""What is HTTP's own: tokens, limits, preconditions, documentation, several processes."""
