"""Engines: programs that compute answers, each behind the same two verbs, start and stop."""
