"""China customs reports: the machine room behind the notebooks and `helpers.py`."""
