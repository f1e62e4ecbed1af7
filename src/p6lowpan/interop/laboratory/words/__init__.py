"""The laboratory's results for their readers: lines, tables, JSON. Nothing is found out here."""
