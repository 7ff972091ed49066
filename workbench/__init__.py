"""The user's verbs – open, plan, check, export – for the page and the command line alike."""
