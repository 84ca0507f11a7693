"""Room: documents of institutions in, a licensed and documented mix out."""
