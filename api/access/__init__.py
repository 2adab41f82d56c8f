"""Step 3, the decision: may this reader have this file, why, and what to do next."""
