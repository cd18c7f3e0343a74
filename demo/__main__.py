"""`python -m demo` runs the whole portal on one machine; `make demo` calls it."""

import sys

from demo.portal import main

if __name__ == "__main__":
    sys.exit(main())
