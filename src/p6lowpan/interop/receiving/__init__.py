"""A receiver of 6LoWPAN frames in steps, each of which a profile can replace."""
