"""`python -m notifications`: the worker, which is put together where all layers are known.

The process becomes that of `yikou worker`: imports go down only, and its jobs are of all layers.
"""

import os
import sys

if __name__ == "__main__":
    os.execv(sys.executable, [sys.executable, "-m", "miniprogram_api", "worker", *sys.argv[1:]])  # noqa: S606 - ourselves
