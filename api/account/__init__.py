"""The reader's own page."""
