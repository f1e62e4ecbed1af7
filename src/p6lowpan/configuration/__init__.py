"""Configurations in TOML files: tables as dataclasses, with what their keys take and mean."""
