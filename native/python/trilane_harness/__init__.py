"""Runs a drawn workload for real under this Python, and writes down what happened when.

Standard library only, CPython 3.9 and later, with and without the GIL. `control` speaks with the
binary, `runs` does one run, a module a plan holds what is idiomatic for it, `blocking` and
`coroutine` turn steps into code, `work` burns CPU time, `records` keeps what happened.
"""
