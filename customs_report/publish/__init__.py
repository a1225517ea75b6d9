"""Run a notebook, render it as page and PDF, prove its numbers, keep what was built."""
