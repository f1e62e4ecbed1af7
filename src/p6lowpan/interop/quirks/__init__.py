"""What stacks do instead of what the RFCs say: named steps, one module an idea, for any profile to use."""
