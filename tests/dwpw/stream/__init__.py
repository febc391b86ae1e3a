"""Programs of the streaming unit: exact on its Python machine, whatever its engines' speed."""
