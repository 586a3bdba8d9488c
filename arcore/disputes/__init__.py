"""Disputes: what a customer contests of a document, why, who looks after it, and how it ended."""
