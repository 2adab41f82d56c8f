"""Step 4, in place: reading in the browser, by links of its own that renew themselves."""
