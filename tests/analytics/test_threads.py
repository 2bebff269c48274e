"""Small matrices are not handed to further threads, which would wait for each other longer than they work."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest
import scipy.optimize

import fondaco


def test_scipy_works_in_the_thread_that_asks_it() -> None:
    assert fondaco.__version__
    libraries = [*Path(scipy.__file__).parents[1].glob("scipy.libs/*openblas*")]
    if not libraries:
        pytest.skip("this SciPy brings no OpenBLAS of its own")
    assert scipy.optimize.minimize
    assert ctypes.CDLL(str(libraries[0])).scipy_openblas_get_num_threads() == int(
        os.environ["OPENBLAS_NUM_THREADS"]
    )
