"""What may be done in the selection of countries: the writes that pages, commands, tasks and the REST interface call.

Every service takes keyword arguments, asks for the permission, runs in one transaction and leaves an audit entry.
It raises `PermissionDenied` where the account may not, and `ValidationError` where a rule refuses; the code is the
same whether the rule spoke in Python or in the database."""

__all__ = ()
