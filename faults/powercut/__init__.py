"""Power cuts, recorded and replayed: what a disk holds when only what was synced is certain to be there."""
