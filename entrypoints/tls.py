"""The certificate that a server shows, read at start and again on SIGHUP."""

import ssl

from attrs import frozen

from entrypoints.settings import Settings, SettingsError


@frozen
class Certificate:
    """A certificate and its key; ``context`` is what connections are opened with."""

    _cert_file: str
    _key_file: str | None
    context: ssl.SSLContext

    @classmethod
    def of(cls, settings: Settings) -> "Certificate | None":
        """Read the certificate, if there is to be one. Raises ``SettingsError``."""
        if settings.tls_cert_file is None:
            if settings.tls_key_file is not None:
                raise SettingsError("TLS_KEY_FILE", "settings.tls_pair")
            return None
        certificate = cls(settings.tls_cert_file, settings.tls_key_file, _new_context())
        certificate.load()
        return certificate

    def load(self) -> None:
        """Read the files, for connections from now on. Raises ``SettingsError``.

        Tried on a context that nobody uses first: one that took half of a pair would be of
        no use any more.
        """
        for context in (_new_context(), self.context):
            try:
                context.load_cert_chain(self._cert_file, self._key_file, password=_no_password)
            except (OSError, ValueError) as error:  # of ssl, too
                reason = getattr(error, "reason", None) or error.args[-1]
                facts = {"path": self._cert_file, "reason": reason}
                raise SettingsError("TLS_CERT_FILE", "settings.tls", **facts) from error


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_password() -> str:
    raise ValueError("the key has a password")  # and a server nobody to ask for it
