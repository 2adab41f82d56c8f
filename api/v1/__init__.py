"""The JSON API for programs: the same titles, the same decision, the same tickets."""
