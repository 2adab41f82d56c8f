"""The shelf for e-readers: feeds in OPDS 2.0 and 1.2, and how an e-reader comes by its reader's key."""
