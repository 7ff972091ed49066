"""The commands of the shell, by what they work on; each module adds its verbs and runs them."""
