"""Others: published figures for the same models, and what Arm's compiler estimates for one.

What lives here: `published`, the figures with their sources; `networks`, which model one is;
`vela`, the estimate.  What does not: what was measured here (`dwpw.comparison`).
"""
