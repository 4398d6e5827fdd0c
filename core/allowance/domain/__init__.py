"""The fifteen rules of the figure, as pure functions of plain values."""
