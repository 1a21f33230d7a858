"""Runs of a compiled package on this computer: `python -m editor.backends.local` interprets the IR; no kfp, no Qt.

A child process of its own, so that stopping it stops everything. The contract with a task is KFP's: ExecutorInput in,
placeholders resolved, `executor_output.json` and artifact files out; the same package runs unchanged on a cluster.
"""
