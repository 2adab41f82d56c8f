"""Where the bytes of files are kept. Takes plain values and knows nothing of the portal."""
