"""Sign-in through an OpenID provider, such as the Department's or Login.gov, onto accounts that exist here."""
