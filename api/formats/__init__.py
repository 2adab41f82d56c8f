"""A title in other languages: pure functions of one plain record. No HTTP, no database."""
