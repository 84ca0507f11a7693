"""Room: text to token ids, and what each language pays for it."""
