"""The books: their one writer, what each kind of document means, and the control total."""
