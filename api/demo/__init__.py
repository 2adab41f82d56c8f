"""The demo: a press with a founding title, example titles for every wall, and example people."""
