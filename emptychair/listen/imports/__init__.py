"""Whole files taken into the ledger: read, propose, preview, carry out."""

from emptychair.listen.imports.carrying import Progress, Summary, carry_out, dry_run
from emptychair.listen.imports.plan import FieldPlan, Plan, Scale, Shape, options_and_mapping
from emptychair.listen.imports.preview import Preview, PreviewRow, preview
from emptychair.listen.imports.problem import ImportRefused, PlanIncomplete, Problem
from emptychair.listen.imports.proposal import propose
from emptychair.listen.imports.reading import Options, Reading, read

__all__ = [
    "FieldPlan",
    "ImportRefused",
    "Options",
    "Plan",
    "PlanIncomplete",
    "Preview",
    "PreviewRow",
    "Problem",
    "Progress",
    "Reading",
    "Scale",
    "Shape",
    "Summary",
    "carry_out",
    "dry_run",
    "options_and_mapping",
    "preview",
    "propose",
    "read",
]
