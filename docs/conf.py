"""Configuration of Sphinx: the pages are Markdown, those in reference/ are generated."""

from p6lowpan import __version__

project = "p6lowpan"
author = "The p6lowpan authors"
copyright = author
release = version = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"p6lowpan {__version__}"
