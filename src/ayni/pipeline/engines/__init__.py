"""Engines: one verb, `map(task, items)`; `local` is a process pool, `ray` is a cluster."""
