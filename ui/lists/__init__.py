"""The parts of the page 清单整理."""
