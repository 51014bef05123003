"""The whole record of a partnership as a ZIP that opens without the product."""
