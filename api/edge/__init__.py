"""HTTP plumbing that every step shares and that knows none of them."""
