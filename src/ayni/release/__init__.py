"""Room: the folder that leaves the house: weights, GGUF, cards, report, checksums."""
