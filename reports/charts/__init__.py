"""Charts of a plan in Altair: one look for screen, print and export."""
