"""The shipped model, its labelled inputs, and the scripts that made and measure them.

Run the scripts as modules from the repository root, e.g. ``python -m models.evaluate``.
Nothing outside this folder and its tests imports it; it imports `dwpw.errors` only.
"""
