"""The task taken apart by prices: money priced out project by project, a 0/1 master, a recourse. See docs/method.md."""
