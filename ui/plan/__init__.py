"""The parts of the page 求解与方案."""
