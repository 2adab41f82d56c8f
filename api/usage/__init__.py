"""Use, counted by the standard and without the person: what is written down when a page or a file is served."""
