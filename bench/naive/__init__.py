"""The first write-up's own design, kept to be measured against: one formula, one signal, no lock."""
