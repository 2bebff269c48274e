"""Magento's REST API over a simulated world."""
