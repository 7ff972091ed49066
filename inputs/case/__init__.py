"""A case workbook to a case: tables by the schema, parts of the case, checks; results read back."""
