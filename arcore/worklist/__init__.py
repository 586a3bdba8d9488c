"""Talks with customers: calls, mails and meetings, with what came of them."""
