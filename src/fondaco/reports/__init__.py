"""What leaves the house as a whole: the weekly summary by e-mail, and the report that is printed or kept as a PDF."""
