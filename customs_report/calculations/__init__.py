"""The calculations behind `helpers.py`: levels, lines, series, growth, and the facts made from them."""
