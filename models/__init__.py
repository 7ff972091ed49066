"""What the problem is: the case, its rules, its aims, and the exact check of a plan.

No solver, no spreadsheet and no page is imported here.
"""
