"""An explained capture for its readers: lines and details in words, JSON, CSV, tables. Nothing is found out here."""
