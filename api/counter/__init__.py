"""COUNTER 5.1 reports over the monthly sums of use, and the API by which libraries fetch them."""
