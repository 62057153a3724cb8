"""How late a vendor delivers what it delivers, from its deliveries alone."""
