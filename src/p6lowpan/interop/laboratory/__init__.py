"""What follows from the profiles: who understands whom, which packet shows it, what all of them take, who is right."""
