"""Offline pages and terminal tables: one HTML file, nothing fetched, the same bytes for the same content."""
