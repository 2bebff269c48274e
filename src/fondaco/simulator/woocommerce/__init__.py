"""WooCommerce's REST API v3 and Analytics over a simulated world."""
