"""The house: its face on every page, its own pages, and its terms of use."""
