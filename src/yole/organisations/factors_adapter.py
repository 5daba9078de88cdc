"""What django-allauth's second factors need to know of this house: sealed seeds, names, the address of the site."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from yole.base import paths


def _box() -> Fernet:
    # A key of its own, beside the secret of the site and away from the database: a copy of the tables opens no account.
    secret = paths.secret("second-factor-seeds").encode("ascii")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Seeds are encrypted and authenticated at rest. Raises ValueError for one that this site did not seal."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode("ascii")).decode("utf-8")
        except InvalidToken:
            raise ValueError("a second factor was not sealed with the key of this site") from None

    def get_totp_issuer(self) -> str:
        return "Yole"

    def _get_site_name(self) -> str:
        return "Yole"

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        """The handle is a keyed digest: the device learns nothing of our numbers."""
        handle = hashlib.sha256(f"passkey:{settings.SECRET_KEY}:{user.pk}".encode()).digest()
        return {"id": handle, "display_name": str(user), "name": str(user.get_username())}
