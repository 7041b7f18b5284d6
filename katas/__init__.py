"""The katas: edit the files that a kata's README names, and nothing else."""
