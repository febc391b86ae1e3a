"""What the cycle model of the streaming unit says of a model: `python -m dwpw.prediction MODEL`."""
