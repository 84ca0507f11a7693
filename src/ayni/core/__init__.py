"""Floor 0: errors, digests, files and the on-disk formats. Imports nothing of ayni above itself."""
