"""Files of records as other programs write them, read from bytes into drafts. One bad record stops no other."""
