"""A border router that a user starts: radios on one side, the host's kernel on the other, and somebody who looks."""
