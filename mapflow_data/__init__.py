"""Mapflow Data: imagery in Mapflow's cloud, managed from QGIS."""
