"""The screen of ``dojo`` in a terminal: where you are, what fails, and keys for all the rest.

`session` runs katas and knows where the learner stands, `pages` turns that into text, `app` shows
it and listens to keys, `overlays` are what lies on top of it for a while.
"""
