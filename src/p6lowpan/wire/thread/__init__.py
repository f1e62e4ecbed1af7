"""Thread: Mesh Link Establishment, and the network data that it hands out."""
