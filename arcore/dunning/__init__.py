"""Reminders: what may be asked for and why, the step a customer is at, and letters that leave once."""
