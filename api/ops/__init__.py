"""The house itself: the jobs that keep it tidy, and a look at whether all is well."""
