"""The mechanism of limited places: capacity, waiting list, promotion, marks at the door. It knows neither workshops nor events."""
