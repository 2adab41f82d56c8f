"""The reader's page about access keys."""
