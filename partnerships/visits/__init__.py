"""Field monitoring: site visits, data quality assessments, and desk reviews, with findings followed to closure."""
