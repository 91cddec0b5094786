"""What the HTTP face says of itself: an OpenAPI document, and the same as a page."""
