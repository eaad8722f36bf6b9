"""What was said and decided in each conversation, kept by appending and read in bounded time."""
