"""One-time codes against RFC 6238 and PyOTP, recovery codes, passkeys with a software authenticator."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from hypothesis import given
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.organisations import services_factors as factors
from yole.organisations.enums import Role

RFC_SEED = base64.b32encode(b"12345678901234567890").decode()
People = Callable[..., Any]


@pytest.fixture
def somebody(house: SimpleNamespace, person: People) -> Any:
    return person("nord", Role.MEDIATOR, house.north)


def refused(act: Callable[[], object]) -> int:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.status


def test_rfc_6238_value(settings: Any) -> None:
    settings.MFA_TOTP_DIGITS = 8
    assert hotp_value(RFC_SEED, 59 // 30) == 94287082
    assert pyotp.TOTP(RFC_SEED, digits=8).at(59) == "94287082"
    settings.MFA_TOTP_DIGITS = 6
    assert factors.matching_step(RFC_SEED, "287082", now=59) == 1
    assert factors.matching_step(RFC_SEED, "287 082", now=59) == 1


@given(now=st.integers(300, 2**33), shift=st.integers(-4, 4))
def test_a_code_is_accepted_one_step_around_now(now: int, shift: int) -> None:
    step = now // 30 + shift
    found = factors.matching_step(RFC_SEED, pyotp.TOTP(RFC_SEED).at(step * 30), now=now)
    assert (found is not None) if abs(shift) <= 1 else found != step


@given(st.text(max_size=12))
def test_nothing_typed_breaks_the_check(text: str) -> None:
    found = factors.matching_step(RFC_SEED, text, now=59)
    assert found is None or pyotp.TOTP(RFC_SEED).at(found * 30) == "".join(text.split())


def test_each_step_serves_once_and_time_does_not_go_back(somebody: Any, seed: Any) -> None:
    code = pyotp.TOTP(seed(somebody))
    now = int(time.time())
    assert factors.check_code(somebody, code.at(now)) == "totp"
    assert refused(lambda: factors.check_code(somebody, code.at(now))) == 400
    assert refused(lambda: factors.check_code(somebody, code.at(now - 30))) == 400
    assert factors.check_code(somebody, code.at(now + 30)) == "totp"


def test_five_wrong_codes_close_the_door_even_for_the_right_one(somebody: Any, seed: Any) -> None:
    secret = seed(somebody)
    right = pyotp.TOTP(secret).now()
    wrong = next(text for text in ("000000", "111111") if factors.matching_step(secret, text) is None)
    assert [refused(lambda: factors.check_code(somebody, wrong)) for _ in range(5)] == [400] * 5
    assert refused(lambda: factors.check_code(somebody, right)) == 429


def test_seeds_are_sealed_at_rest(somebody: Any, seed: Any) -> None:
    secret = seed(somebody)
    stored = Authenticator.objects.get(user=somebody).data["secret"]
    assert secret not in stored and len(base64.b32decode(secret)) * 8 >= 128
    assert factors.open_seed(stored) == secret
    with pytest.raises(ValueError, match="sealed"):
        factors.open_seed(stored[:-6] + "AAAAA=")


def test_setting_up_the_application_needs_a_right_code_and_uses_it_up(somebody: Any) -> None:
    sealed = factors.new_seed()
    code = pyotp.TOTP(factors.open_seed(sealed)).now()
    assert refused(lambda: factors.add_totp(somebody, sealed, "12345")) == 400
    assert not factors.has_factor(somebody)
    factors.add_totp(somebody, sealed, code)
    assert refused(lambda: factors.check_code(somebody, code)) == 400


def test_each_recovery_code_serves_once_and_new_ones_replace_all(somebody: Any, seed: Any) -> None:
    seed(somebody)
    codes = factors.new_recovery_codes(somebody)
    assert len(set(codes)) == 10 and all(len(code) == 8 for code in codes)
    assert factors.check_code(somebody, f"{codes[3][:4]} {codes[3][4:]}") == "recovery"
    assert refused(lambda: factors.check_code(somebody, codes[3])) == 400
    assert factors.recovery_codes_left(somebody) == 9
    fresh = factors.new_recovery_codes(somebody)
    assert refused(lambda: factors.check_code(somebody, codes[4])) == 400
    assert factors.check_code(somebody, fresh[0]) == "recovery"
    stored = json.dumps(Authenticator.objects.get(user=somebody, type="recovery_codes").data)
    assert not any(code in stored for code in fresh)


def test_somebody_elses_code_opens_nothing(house: SimpleNamespace, person: People, somebody: Any, seed: Any) -> None:
    other = person("autre", Role.MEDIATOR, house.north)
    seed(other)
    assert refused(lambda: factors.check_code(other, pyotp.TOTP(seed(somebody)).now())) == 400


def test_the_last_second_factor_stays(somebody: Any, seed: Any) -> None:
    seed(somebody)
    row = factors.factors(somebody)[0]
    assert refused(lambda: factors.remove_factor(somebody, row.pk)) == 409
    Authenticator.objects.create(user=somebody, type=Authenticator.Type.WEBAUTHN, data={"name": "clé", "credential": {}})
    factors.remove_factor(somebody, row.pk)
    assert len(factors.factors(somebody)) == 1


# A passkey without a browser: the same bytes, made with fido2's own objects and a key of cryptography.


class SoftwareKey:
    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self.private = ec.generate_private_key(ec.SECP256R1())
        self.identifier = hashlib.sha256(str(id(self)).encode()).digest()

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def create(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        from fido2.cose import ES256
        from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

        public = options["publicKey"]
        attested = AttestedCredentialData.create(Aaguid.NONE, self.identifier, ES256.from_cryptography_key(self.private.public_key()))
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(hashlib.sha256(public["rp"]["id"].encode()).digest(), flags, 1, attested)
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", public["challenge"], origin)),
            "attestationObject": b64(bytes(AttestationObject.create("none", data, {}))),
        }
        return self._answer(response)

    def get(self, options: dict[str, Any], origin: str) -> dict[str, Any]:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from fido2.webauthn import AuthenticatorData

        public = options["publicKey"]
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        data = AuthenticatorData.create(hashlib.sha256(public["rpId"].encode()).digest(), flags, 2)
        client = self._client("webauthn.get", public["challenge"], origin)
        signed = self.private.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": b64(client), "authenticatorData": b64(bytes(data)), "signature": b64(signed)})

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        identifier = b64(self.identifier)
        return {"id": identifier, "rawId": identifier, "type": "public-key", "response": response, "clientExtensionResults": {}}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def in_request(rf: Any) -> Any:
    """Runs as allauth's middleware does: the challenge waits in the session of the request."""
    from allauth.core.context import request_context
    from django.contrib.sessions.backends.cache import SessionStore

    request = rf.get("/compte/securite/cle/", headers={"host": "localhost"})
    request.session = SessionStore()
    with request_context(request):
        yield request


ORIGIN = "http://localhost:8000"


def test_a_passkey_signs_in_and_nothing_else_does(in_request: Any, somebody: Any, house: SimpleNamespace, person: People) -> None:
    key, other_key = SoftwareKey(), SoftwareKey()
    other_key.identifier = key.identifier
    answer = key.create(json.loads(factors.begin_passkey(somebody)), ORIGIN)
    factors.add_passkey(somebody, "Téléphone", json.dumps(answer))
    factors.check_passkey(somebody, json.dumps(key.get(json.loads(factors.begin_passkey_check(somebody)), ORIGIN)))
    # Replay: the challenge is gone.
    options = json.loads(factors.begin_passkey_check(somebody))
    once = json.dumps(key.get(options, ORIGIN))
    factors.check_passkey(somebody, once)
    assert refused(lambda: factors.check_passkey(somebody, once)) == 400
    # Another site, another key under the same name, another account.
    wrong_site = key.get(json.loads(factors.begin_passkey_check(somebody)), "https://ailleurs.invalid")
    assert refused(lambda: factors.check_passkey(somebody, json.dumps(wrong_site))) == 400
    forged = other_key.get(json.loads(factors.begin_passkey_check(somebody)), ORIGIN)
    assert refused(lambda: factors.check_passkey(somebody, json.dumps(forged))) == 400
    stranger = person("autre", Role.MEDIATOR, house.north)
    factors.add_passkey(stranger, "Clé", json.dumps(SoftwareKey().create(json.loads(factors.begin_passkey(stranger)), ORIGIN)))
    taken = key.get(json.loads(factors.begin_passkey_check(stranger)), ORIGIN)
    assert refused(lambda: factors.check_passkey(stranger, json.dumps(taken))) == 400


@pytest.mark.parametrize("given", ["", "[]", "{}", "null", '{"id": 1}', '{"id":"a","rawId":"b","response":{}}', "x" * 30_000])
def test_nonsense_is_not_a_passkey(in_request: Any, somebody: Any, given: str) -> None:
    factors.begin_passkey(somebody)
    assert refused(lambda: factors.add_passkey(somebody, "x", given)) == 400
    factors.add_passkey(somebody, "Clé", json.dumps(SoftwareKey().create(json.loads(factors.begin_passkey(somebody)), ORIGIN)))
    factors.begin_passkey_check(somebody)
    assert refused(lambda: factors.check_passkey(somebody, given)) == 400
