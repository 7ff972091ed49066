"""Where this machine keeps what it remembers."""

import os
from pathlib import Path


def home_folder() -> Path:
    """FUNDOPT_HOME, else a folder in the user's home."""
    return Path(os.environ.get("FUNDOPT_HOME") or Path.home() / ".fundopt")
