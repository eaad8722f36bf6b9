"""The bind itself: modes, credentials, TLS, silence, and coming back."""

import asyncio
import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.contract import ChecksItself
from connectors.errors import BadSettings, CredentialsRefused, Unreachable
from connectors.sms.smpp import KIND, link
from inbox.machine.ports import free_port
from inbox.store import Store
from tests.connectors.sms.smpp.desk import Desk, a_connector, a_text, held
from tests.connectors.sms.smpp.smscs import an_smsc
from tests.connectors.test_every_kind import sample_settings
from tests.parley import until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back soon."""
    monkeypatch.setattr(link, "_FIRST", 0.2)
    monkeypatch.setattr(link, "_LONGEST", 0.5)


async def test_separate_binds_for_either_way(store: Store) -> None:
    desk = Desk(store)
    async with (
        an_smsc(receipts="DELIVRD") as smsc,
        held(a_connector(smsc.port, bind="separate"), desk) as line,
    ):
        kinds = {each["kind"] for each in await smsc.tells("bind", 2)}
        assert kinds == {"bind_transmitter", "bind_receiver"}
        await line.send(a_text())
        smsc.deliver(b"Hello")
        await until(lambda: desk.reports == [("m1", "delivered")] and desk.texts == ["Hello"])
    assert desk.told[-1][0], "both are up"


async def test_the_bind_says_who_we_are(store: Store) -> None:
    async with an_smsc() as smsc:
        async with held(a_connector(smsc.port), Desk(store)):
            (bind,) = smsc.told("bind")
        await smsc.tells("unbind")
    assert (bind["kind"], bind["system_id"], bind["version"]) == ("bind_transceiver", "parley", 0x34)


async def test_a_wrong_password_is_told_and_not_insisted_upon(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc() as smsc, held(a_connector(smsc.port, password="wrong"), desk, open=False):
        await until(lambda: desk.told)
        await asyncio.sleep(1)
        assert len(smsc.told("bind")) == 1
    is_up, words = desk.told[0]
    assert not is_up and "ESME_RINVPASWD" in words and "wrong" not in words.replace("RINVPASWD", "")


async def test_an_account_that_is_still_bound_is_tried_again(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc(bind_status=5) as smsc:
        connector = a_connector(smsc.port)
        async with held(connector, desk, open=False):
            await smsc.tells("bind", 2, status=5)
            smsc.do("set", options={"bind_status": 0})
            await until(lambda: connector.is_open)


async def test_the_line_comes_back_after_the_smsc_was_gone(store: Store) -> None:
    desk, port = Desk(store), free_port()
    connector = a_connector(port)
    async with held(connector, desk, open=False):
        await until(lambda: desk.told)
        async with an_smsc(port=port):
            await until(lambda: connector.is_open)
        await until(lambda: not connector.is_open)
        with pytest.raises(Unreachable):
            await connector.send(a_text())
        async with an_smsc(port=port) as smsc:
            await until(lambda: connector.is_open)
            await connector.send(a_text())
            assert smsc.told("submit")
    assert "cannot be reached" in desk.told[0][1]


@pytest.mark.parametrize("how", ["drop", "unbind"])
async def test_the_smsc_may_end_the_session(store: Store, how: str) -> None:
    async with an_smsc() as smsc, held(a_connector(smsc.port), Desk(store)) as line:
        smsc.do(how)
        await smsc.tells("bind", 2)
        await until(lambda: line.is_open)
        await line.send(a_text())


async def test_a_smsc_that_has_fallen_silent_is_left(store: Store) -> None:
    desk = Desk(store)
    async with an_smsc(deaf=True) as smsc, held(a_connector(smsc.port, enquire_seconds="0.2"), desk):
        await smsc.tells("bind", 2)
    assert any("silent" in words for _, words in desk.told)


async def test_the_line_is_asked_whether_it_lives(store: Store) -> None:
    async with an_smsc() as smsc, held(a_connector(smsc.port, enquire_seconds="0.1"), Desk(store)):
        await smsc.tells("enquire", 4)
        assert len(smsc.told("bind")) == 1


async def test_our_silence_is_answered_too(store: Store) -> None:
    async with an_smsc() as smsc, held(a_connector(smsc.port), Desk(store)) as line:
        smsc.do("raw", hex="00000010 00000015 00000000 0000007b".replace(" ", ""))
        smsc.do("raw", hex="00000010 00000099 00000000 0000007c".replace(" ", ""))
        smsc.deliver(b"still here", mark="after")
        await smsc.tells("answered", mark="after", status=0)
        assert line.is_open


def a_certificate(name: str) -> tuple[str, str]:
    """A key and a certificate for 127.0.0.1 that signs itself, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption()).decode()
    return private, certificate.public_bytes(pem).decode()


async def test_the_line_is_encrypted_and_the_smsc_known(store: Store) -> None:
    key, certificate = a_certificate("smsc")
    desk = Desk(store)
    async with an_smsc(tls={"key": key, "cert": certificate}) as smsc:
        in_one_line = " ".join(certificate.split("\n"))
        connector = a_connector(smsc.port, tls="yes", tls_authority=in_one_line)
        async with held(connector, desk):
            await connector.send(a_text())
            smsc.deliver(b"Hello")
            assert await desk.hears(1) == ["Hello"]


async def test_a_smsc_that_we_do_not_trust_never_sees_the_password(store: Store) -> None:
    key, certificate = a_certificate("somebody")
    _, another = a_certificate("smsc")
    for trusted in ("", another):
        desk = Desk(store)
        async with an_smsc(tls={"key": key, "cert": certificate}) as smsc:
            connector = a_connector(smsc.port, tls="yes", tls_authority=trusted)
            async with held(connector, desk, open=False):
                await until(lambda desk=desk: desk.told)
            assert not smsc.told("bind")
        assert "not trusted" in desk.told[0][1]


async def test_settings_are_tried_before_they_are_saved() -> None:
    async with an_smsc() as smsc:
        connector = a_connector(smsc.port)
        assert isinstance(connector, ChecksItself)
        assert "parley" in (await connector.check()).summary
        await smsc.tells("unbind")
        with pytest.raises(CredentialsRefused):
            await a_connector(smsc.port, password="wrong").check()
        smsc.do("set", options={"bind_status": 5})
        assert "bound already" in (await connector.check()).summary
    with pytest.raises(Unreachable):
        await a_connector(free_port()).check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "70000"),
        ("port", "x"),
        ("bind", "both"),
        ("tls", "maybe"),
        ("tls_authority", "no PEM"),
        ("window", "none"),
        ("rate", "nan"),
        ("alphabet", "ebcdic"),
        ("languages", "klingon"),
        ("long_messages", "cut"),
        ("region", "XX"),
        ("from", "Ünïcode"),
        ("password", "pass\nword"),
        ("source_ton", "five"),
        ("validity_hours", "-1"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name) as caught:
        KIND.connect(sample_settings(KIND) | {name: value}, http=None, clock=lambda: None)  # type: ignore[arg-type,return-value]
    assert value not in str(caught.value)
