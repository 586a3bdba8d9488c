"""What in the books looks wrong and can be put right: lists with their sums, each over columns in memory."""
