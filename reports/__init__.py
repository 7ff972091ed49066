"""Results as tables, workbooks and texts; the only place that shapes what people read."""
