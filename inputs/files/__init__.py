"""What touches a file: limits, guard, the child process that parses, cells with addresses."""
