"""Room: what the model gained and what it forgot, with intervals."""
