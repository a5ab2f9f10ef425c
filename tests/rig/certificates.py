"""Certificates made at test time with the `openssl` program: an authority and what it signed, good or bad."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


@dataclass(frozen=True)
class Authority:
    """`pem` is what a client has to trust. As many a company's own, it does not say what its key is for."""

    folder: Path
    pem: str

    def context(self, host: str = "127.0.0.1", days: int = 2) -> ssl.SSLContext:
        """A server's context for `host`; `days=0` expires as it is made."""
        leaf = _sign(self.folder, host, days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf.with_suffix(".pem"), leaf.with_suffix(".key"))
        return context


def make_authority(folder: Path) -> Authority:
    # of a configuration of its own, as OpenSSL 1.1.1 adds to what the system's says, twice the same
    said = "[req]\ndistinguished_name=name\n[name]\n[ca]\nbasicConstraints=critical,CA:TRUE\n"
    (folder / "ca.cnf").write_text(said)
    made = ["-config", "ca.cnf", "-extensions", "ca", "-subj", "/CN=Test authority", "-days", "2"]
    _openssl(folder, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", *made)
    return Authority(folder, (folder / "ca.pem").read_text())


def _sign(folder: Path, host: str, days: int) -> Path:
    stem = f"leaf-{host}-{days}"
    kind = "IP" if host.replace(".", "").isdigit() else "DNS"
    (folder / f"{stem}.ext").write_text(f"subjectAltName={kind}:{host}\n")
    _openssl(
        folder, "req", "-new", *KEY, "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={host}"
    )
    authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", f"{stem}.ext"]
    _openssl(
        folder,
        "x509",
        "-req",
        "-in",
        f"{stem}.csr",
        *authority,
        "-days",
        str(days),
        "-out",
        f"{stem}.pem",
    )
    return folder / f"{stem}.x"


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)
