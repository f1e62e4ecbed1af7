"""What a live neighbour can do: questions that it can only answer if it understood how they were sent."""
