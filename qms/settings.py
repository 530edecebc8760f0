"""Knows every setting; the only reader of the environment."""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qms.rules.accounts_grants import AUDITOR_DAYS
from qms.rules.trail_reviews import REVIEW_DAYS

VERSION = "0.1.0"
PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def networks_of(given: str) -> list[str]:
    """Split what a setting lists, separated by commas."""
    return [network.strip() for network in given.split(",") if network.strip()]


def _lies_in(address: str | None, networks: str) -> bool:
    try:
        return address is not None and any(
            ip_address(address) in ip_network(network) for network in networks_of(networks))
    except ValueError:
        return False


class Settings(BaseSettings):
    """What a plant may set, each as an environment variable QMS_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="QMS_", extra="ignore")

    instance: Path = Field(default=Path("instance"), description="folder of the database, photos, secret and exports")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the instance folder")
    host: str = Field(default="127.0.0.1", description="address to serve on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to serve on")
    threads: int = Field(default=8, ge=1, le=64, description="threads that answer requests")
    secure_cookies: bool = Field(default=False, description="HTTPS only; cookies carry Secure and __Host-")
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="proxies in front whose X-Forwarded-* are believed")
    session_hours: int = Field(default=12, ge=1, le=72, description="longest life of a sign-in")
    idle_minutes: int = Field(default=60, ge=5, le=720, description="a sign-in ends after so long without a request")
    auditor_days: int = Field(default=AUDITOR_DAYS, ge=1, le=366, description="longest access of an auditor, in days")
    trail_review_days: int = Field(default=REVIEW_DAYS, ge=1, le=366,
                                   description="days from one review of the trail to the next")
    upload_mib: int = Field(default=50, ge=1, le=500, description="largest upload")
    workers: int = Field(default=1, ge=0, le=8, description="job workers inside `qms serve`")
    smtp_url: str = Field(default="", description="mail server: smtp:// (STARTTLS), smtps:// or smtp+plain://, with "
                          "user:password@ before the host where it asks for them; empty: no mail")
    mail_from: str = Field(default="qms@localhost", description="sender of every mail")
    public_url: str = Field(default="", description="address of this service as readers open it, for links in mails")
    board_networks: str = Field(default="", description="networks from which the board of commitments opens without "
                                "sign-in, as 10.20.0.0/16, separated by commas; empty: none")
    signing_key: str = Field(default="", description="file of the key that signs checkpoints, made if missing; empty: "
                             "`checkpoint-key` in the instance folder")
    checkpoint_mail: str = Field(default="", description="address of the person who gets the newest checkpoint by mail "
                                 "once a day; empty: nobody")
    metrics_networks: str = Field(default="127.0.0.0/8,::1", description="networks that may read /metrics, separated "
                                  "by commas")
    disk_free_percent: int = Field(default=10, ge=0, le=50, description="with less of the disk free, /readyz fails")
    disk_free_mib: int = Field(default=1024, ge=0, description="with less MiB of the disk free, /readyz fails")
    verify_hour: int = Field(default=2, ge=-1, le=23, description="hour of the server's clock at which the trail is "
                             "verified every night; -1: not by the clock")
    verified_within_hours: int = Field(default=26, ge=0, description="with the last verification longer ago, /readyz "
                                       "fails; 0: it does not ask")
    backup_within_days: int = Field(default=8, ge=0, description="with the last proved backup longer ago, /readyz "
                                    "fails; 0: it does not ask")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @property
    def url(self) -> str:
        """Return the database URL to use."""
        return self.database_url or f"sqlite:///{(self.instance / 'qms.sqlite').absolute()}"

    @field_validator("board_networks", "metrics_networks")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        for network in networks_of(given):
            ip_network(network)
        return given

    def opens_boards_to(self, address: str | None) -> bool:
        """Tell whether somebody at an address may see the board of commitments without signing in."""
        return _lies_in(address, self.board_networks)

    def tells_figures_to(self, address: str | None) -> bool:
        """Tell whether somebody at an address may read the figures of this process."""
        return _lies_in(address, self.metrics_networks)

    @property
    def photos(self) -> Path:
        """Return the folder of the photo store."""
        return self.instance / "photos"

    @property
    def files(self) -> Path:
        """Return the folder of uploads waiting for import and of exports waiting for download."""
        return self.instance / "files"

    def secret_key(self) -> bytes:
        """Read the key that signs cookies; make it on first use, readable by this user only."""
        self.instance.mkdir(parents=True, exist_ok=True)
        path = self.instance / "secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()

    @property
    def signing_key_file(self) -> Path:
        """Return where the key lies that signs checkpoints: outside the database and outside backups."""
        return Path(self.signing_key) if self.signing_key else self.instance / "checkpoint-key"

    def signing_seed(self) -> bytes:
        """Read the key that signs checkpoints; make it on first use, readable by this user only.

        Of several processes that make it at once, one does: a file is never there before it is whole.
        """
        path = self.signing_key_file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_bytes(32).hex() + "\n")
            with suppress(FileExistsError):
                path.hardlink_to(unfinished)
            unfinished.unlink()
        return bytes.fromhex(path.read_text().strip())
