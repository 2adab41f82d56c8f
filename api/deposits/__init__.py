"""The registration of the press's own DOIs at Crossref."""
