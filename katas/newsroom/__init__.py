"""The newsroom: the small domain that all katas share. Given; not to be edited."""
