"""Static files of production: hashed, compressed, and with the imports between our scripts leading to hashed files."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = (
    r"""(?P<matched>import (?P<names>\{[^}]*\}|\* as \w+) from '(?P<url>\.{1,2}/[^']+)';)""",
    """import %(names)s from '%(url)s';""",
)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # its package has no types
    """Files under names with a digest of their content, which browsers cache permanently.

    Without this class, a cached script would import a module by its plain name, from any release. Django's own switch
    for this reads every script, and fails on those of other projects.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (_IMPORT,)))
