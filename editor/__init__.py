"""Pipeloom: a desktop studio for Kubeflow Pipelines (import package of the distribution `pipeloom`)."""
