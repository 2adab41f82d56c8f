"""The publishing desk, one file per page. For all but editors and administrators nothing is there."""
