"""Floor 2: what can be said of a text, one file a thing."""
