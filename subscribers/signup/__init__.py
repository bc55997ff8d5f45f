"""How a visitor becomes a subscriber: the form, its guards, the confirmation, the welcome."""
