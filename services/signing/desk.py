"""The desk for signatures as the settings have it."""

from pathlib import Path

from kernel.settings import Settings
from services.signing.pdf import SigningDesk, trust_of


def desk_of(settings: Settings, fonts: Path | None = None) -> SigningDesk:
    """Its processes start with the first signature; close it at the end. `fonts`: for what is written into papers."""
    own = settings.data_dir / "signing-trust"
    folder = settings.signing_trust_dir or (own if own.is_dir() else None)
    trust = trust_of(folder, settings.signing_revocation, settings.signing_tsa_url, settings.signing_hosts, fonts)
    return SigningDesk(trust, settings.signing_processes)
