"""Step 1, the landing page: what a title is and what stands between the reader and its text."""
