"""Ayni: from a region's documents to a language model of its own, with the evidence.

Nothing heavy is imported here. The command is `ayni`; the rooms are listed in `dev/` and in the README.
"""

__version__ = "0.1.0"
