"""Customers: who they are, what holds for them from a day on, whom to reach, what was noted."""
