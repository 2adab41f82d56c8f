"""Readers and staff as the press sees them. For staff alone; whoever asks has made sure of that."""
