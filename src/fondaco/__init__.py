"""Fondaco: shop data in, true sales out, in a warehouse that the merchant owns."""

import os

__version__ = "0.1.0"

# Our matrices have a few columns: handing them to further threads takes a hundred times as long as the sum itself, and keeps
# every core busy with waiting. Read when SciPy is loaded, which nothing here does before this line.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
