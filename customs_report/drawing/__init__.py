"""How charts are drawn: axes, labels and keys, the data and the source beneath a chart."""
