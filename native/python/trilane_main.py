"""Starts the harness that runs Trilane's workloads on this Python.

A file of its own and as small as can be: `spawn` and `forkserver` import a program's main module
again in every worker, and what that costs should be the workload's, not ours.
"""

if __name__ == "__main__":
    from trilane_harness.control import main

    main()
