"""The on-disk types that stages exchange, one file a type; each is a folder with a promise."""
