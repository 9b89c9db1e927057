"""Secrets at rest: encrypted under a key file that only its owner reads."""

import hmac
import os
import stat
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken


class KeyFileError(Exception):
    """The key file cannot be used; the message says why and what to do."""


class Drawn:
    """Secrets that are told once: they follow from a secret of the deployment and from what they are for, so that a
    repeated request answers them again and no row holds them."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, purpose: str, tenant_id: UUID, drawn_for: UUID) -> bytes:
        """32 bytes for one thing of a tenant."""
        return hmac.digest(self._secret, purpose.encode() + b"\0" + tenant_id.bytes + drawn_for.bytes, "sha256")


class KeyFile:
    """Encrypts and decrypts small secrets (signing keys, TOTP seeds) under the key in a file of mode 0600."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._key = key

    def derive(self, purpose: str) -> bytes:
        """32 bytes that follow from the key and a purpose, the same in every process."""
        return hmac.digest(self._key, b"copartner:" + purpose.encode(), "sha256")

    @classmethod
    def open(cls, path: Path) -> "KeyFile":
        """Read the key; raises KeyFileError when it is missing, readable by others or no key."""
        try:
            mode = path.stat().st_mode
            key = path.read_bytes().strip()
        except OSError as error:
            raise KeyFileError(
                f"cannot read key file {path}: {error.strerror}; `copartner key {path}` makes one"
            ) from error
        if stat.S_IMODE(mode) & 0o077:
            raise KeyFileError(f"the key file {path} is open to other users; run `chmod 600 {path}`")
        try:
            return cls(key)
        except ValueError as error:
            raise KeyFileError(f"{path} holds no key; make one with `copartner key {path}`") from error

    @classmethod
    def create(cls, path: Path) -> "KeyFile":
        """Write a new key, never over an existing file (FileExistsError), and open it."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
        return cls.open(path)

    def encrypt(self, secret: bytes) -> bytes:
        """The secret, encrypted and authenticated."""
        return self._fernet.encrypt(secret)

    def decrypt(self, token: bytes) -> bytes:
        """The secret again; raises KeyFileError when it was encrypted under another key or altered."""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise KeyFileError("a stored secret was encrypted under another key; give its key file") from error
