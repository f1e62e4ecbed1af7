"""What a stack can do, as data: features, levels, FLEX bits, profiles, limits, reasons."""
