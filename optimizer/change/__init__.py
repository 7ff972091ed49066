"""After a change: a checked plan at once, near the last one; money that stays where it was."""
