"""The parts of the page 方案对比."""
