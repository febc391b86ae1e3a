"""The model image: its format, the C header generated from it, and the packer."""
