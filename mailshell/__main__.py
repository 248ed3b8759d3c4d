"""`python -m mailshell`."""

import sys

from mailshell.cli import main

if __name__ == "__main__":
    sys.exit(main())
