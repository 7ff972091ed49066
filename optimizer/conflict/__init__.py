"""Why there is no plan, and what has to give."""
