"""Arrangements with customers: promises to pay, and payment plans that re-date what is owed."""
