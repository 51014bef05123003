"""The dossier: everything on one candidate of one round."""
