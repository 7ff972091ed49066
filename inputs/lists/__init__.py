"""Lists as bureaus have them, to a case: layout, proposed columns, rows accounted for, cells cleaned, totals compared."""
