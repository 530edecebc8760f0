"""Measures this product against bare libraries in one run on one machine."""
