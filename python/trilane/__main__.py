"""`python -m trilane`: the program that this package carries."""

from __future__ import annotations

import os
import subprocess
import sys

from ._program import ProgramMissing, program


def main() -> int:
    """Becomes the program, with the same arguments; gives its exit status where the system cannot do that."""
    try:
        path = str(program())
    except ProgramMissing as missing:
        print(f"error: {missing}", file=sys.stderr)
        return 1
    arguments = [path, *sys.argv[1:]]
    if sys.platform == "win32":
        # There, a program that is replaced ends at once for whoever waits for it.
        return subprocess.run(arguments, check=False).returncode
    os.execv(path, arguments)


if __name__ == "__main__":
    sys.exit(main())
