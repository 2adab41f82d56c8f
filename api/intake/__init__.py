"""How a PDF and its description become an edition of a title."""
