"""Steps 4 and 5, the link and the file: tickets are made and redeemed, and bytes go out."""
