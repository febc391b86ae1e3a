"""What commands share: options, preparation of runs, progress, runs on serial ports.

No command lives here (`dwpw.cli`), and nothing here knows one.
"""
