"""China customs reports: the package behind the notebooks and `helpers.py`."""

import os

# One thread of linear algebra: the matrices are small, threads would wait for each other where several reports are built
# at once, and a sum must not depend on how many cores share it. Has to be said before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.2.0"  # stands in every report's citation
