"""The shelf: titles as a reader may see them."""
