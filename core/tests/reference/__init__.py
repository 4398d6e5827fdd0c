"""A brute-force implementation of the figure's rules, independent of the product (see README.md)."""
