"""Captures: files and encapsulations, frame by frame."""
