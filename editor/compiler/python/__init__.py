"""Python out of a plan: the DSL file that a colleague would have written. Nothing here imports kfp."""
