"""Units, kernel sets and targets as values: what numbers are taken on, and the names for it."""
