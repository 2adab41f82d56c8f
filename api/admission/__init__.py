"""Ways in that a reader takes: a voucher's code, or a request that the press answers."""
