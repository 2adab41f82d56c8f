"""Gatefold: a publication portal behind a sign-in. The folders follow the reader's journey."""
