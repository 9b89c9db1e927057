"""A keyring for a machine that has none: azure-identity keeps tokens nowhere but in libsecret, which it finds here.

It holds what it is given for as long as the process lives.
"""


def require_version(_namespace, _version):
    """Any version is there."""
