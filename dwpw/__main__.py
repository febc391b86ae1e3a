"""`python -m dwpw`."""

from dwpw.cli import main

if __name__ == "__main__":
    main()
