"""`make bench`: what the portal costs, as ratios against the barest server that would do the same."""
