"""The house itself: jobs that keep it tidy, whether all is well, what is counted, what is logged."""
