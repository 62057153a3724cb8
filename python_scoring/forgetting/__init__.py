"""Removes a person on request, and keeps builds from bringing the person back."""
