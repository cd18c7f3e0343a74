"""What is done to bytes and letters from outside before anything else sees them. Pure: knows neither Django nor the portal."""
