"""One device, assembled."""
