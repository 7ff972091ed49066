"""Streamlit pages and what they share; pages draw, they do not compute."""
