"""What readers say below a title."""
