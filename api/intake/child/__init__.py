"""What runs inside the limited child that opens a PDF. It imports nothing of the portal, and all it says is bounded."""
