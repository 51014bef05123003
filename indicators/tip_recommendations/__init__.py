"""Recommendations of the TIP Report, compared from one edition to the next."""
