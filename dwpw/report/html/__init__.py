"""A run as one HTML page that needs no network, and its charts as pictures.

`page` makes the text from a `Report`; `charts` says in Vega-Lite what is drawn; `table` has all
that the JSON documents have; `bundle` is Vega itself, which draws in the browser.
"""
