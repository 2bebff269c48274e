"""Fondaco: shop data in, true sales out, in a warehouse that the merchant owns."""

__version__ = "0.1.0"
