"""Experiments that are started from the dashboard: a declared command, typed parameters, a queue, executors.

`declared` reads what may be started, `Launcher` starts it and looks after it, an `Executor` is what it
runs on.
"""
