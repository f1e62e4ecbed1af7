"""The chapters of the report: each makes tables of results, beside what the drafts print, and says why they differ."""
