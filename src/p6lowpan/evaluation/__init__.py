"""The tables and figures of both drafts again: what they print, what this code measures, and why the two differ.

Experiments (:mod:`.experiments`) measure, and all that they find is in one :class:`.results.Results`. Chapters make
tables of it, beside what the drafts print (:mod:`.drafts`); a document is written as HTML and as Markdown.
"""
