"""Networks written down in files: read, built, run, and what came of them."""
