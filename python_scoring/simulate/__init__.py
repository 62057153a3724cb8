"""An invented world of advisors, firms and leads, delivered as the vendor would have on a day."""
