"""Exhibits by topic: the words, the chart and the tables of each."""
