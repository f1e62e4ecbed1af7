"""What a capture means: contexts learned, conversations, findings."""
