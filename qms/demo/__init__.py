"""The demo plant: what it is made of, what happens in it, and how it is loaded through the workflows."""
