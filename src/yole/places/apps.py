from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "yole.places"
    label = "places"
