"""The emulator's own certificate authority: for this machine alone, and the server certificate it signs."""

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from copartner_emulator.readyfile import replace_private

_AUTHORITY_LASTS = timedelta(days=3650)
# What clients accept at most, and when another is made.
_SERVER_LASTS = timedelta(days=397)
_RENEWED_BEFORE = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(hours=1)
_NAME = "localhost"
_ADDRESSES = ("127.0.0.1/32", "::1/128")


@dataclass(frozen=True, slots=True)
class Tls:
    """Files for a server and for its clients: `authority` is the one that clients trust."""

    authority: Path
    certificate: Path
    key: Path


def ensure(directory: Path, now: datetime) -> Tls:
    """The files in this directory, made when missing and renewed a month before they end."""
    directory.mkdir(mode=0o700, exist_ok=True)
    files = Tls(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    authority_key = directory / "ca.key"
    if not _lasts(files.authority, now) or not authority_key.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        replace_private(authority_key, _private(key))
        _publish(files.authority, _public(_authority(key, now)))
        files.certificate.unlink(missing_ok=True)
    if not _lasts(files.certificate, now) or not files.key.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.load_pem_x509_certificate(files.authority.read_bytes())
        signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
        if not isinstance(signer, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{authority_key} is no key of this authority; delete {directory}")
        replace_private(files.key, _private(key))
        _publish(files.certificate, _public(_server(key, issuer, signer, now)))
    return files


def _lasts(file: Path, now: datetime) -> bool:
    if not file.exists():
        return False
    return now + _RENEWED_BEFORE < x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """Trusted by mistake for everything, it still vouches for this machine alone."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "copartner on this machine")])
    own = [x509.DNSName(_NAME), *(x509.IPAddress(ipaddress.ip_network(each)) for each in _ADDRESSES)]
    return (
        _begun(name, name, key.public_key(), now, _AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=own, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate, signer: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    addresses = [x509.IPAddress(ipaddress.ip_network(each).network_address) for each in _ADDRESSES]
    return (
        _begun(name, issuer.subject, key.public_key(), now, _SERVER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_NAME), *addresses]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - _CLOCKS_DIFFER).not_valid_after(now + lasts)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _public(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _publish(file: Path, text: str) -> None:
    """A certificate is no secret; whoever may pass the directory may read it."""
    replace_private(file, text)
    os.chmod(file, 0o644)
