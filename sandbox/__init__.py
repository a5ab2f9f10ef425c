"""A local Mapflow: the Data API as a real service on this computer, for the demo and the tests."""
