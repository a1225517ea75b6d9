"""The rooms behind `helpers.py`: levels and measures, lines, series, and the facts made of them."""
