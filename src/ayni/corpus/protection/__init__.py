"""Personal data out of the texts: policies, replacement, and the vault that gives back with a key."""
