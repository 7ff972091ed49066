"""From workbooks to a case: guard, cells with addresses, schema, reading, checks, template, samples."""
