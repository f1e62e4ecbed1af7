"""How the two drafts are named in the report."""

DRAFT_2018 = "draft-hudson-ayers-low-power-interop-00"
DRAFT_2020 = "draft-ayers-low-power-interop-01"
