"""Tests of files of records as other programs write them."""
