"""Who signs in, with which secret. The log knows that an account is open; only its store knows its password hash."""

import hmac
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.identity import passwords, throttle
from gateway.identity.feeds import Feeds
from gateway.identity.previews import Previews
from gateway.identity.sessions import Session, Sessions, end_all
from gateway.identity.signing_addresses import SigningAddresses
from gateway.identity.store import IdentityStore, Row
from kernel.decider import Refused
from kernel.settings import Settings

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 16
CODE_LIFE = timedelta(days=14)


class Identity:
    """Accounts and sessions of one deployment."""

    def __init__(self, store: IdentityStore, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._sessions = Sessions(store, settings, clock)
        self.previews = Previews(store, clock)
        self.feeds = Feeds(store)
        self.signing_addresses = SigningAddresses(store, clock)
        self.secure = settings.public_url.startswith("https:")
        # The prefix makes browsers refuse a cookie of this name that is not Secure, host-only and for all paths.
        self.cookie_name = "__Host-s" if self.secure else "s"
        self.session_seconds = settings.session_absolute_hours * 3600

    def close(self) -> None:
        self._store.close()

    def sign_in(self, login: str, password: str, address: str, agent: str = "") -> str:
        """A new session's token; `sign_in_failed` and the same time for a wrong password and an unknown login."""
        login = normal_login(login)
        attempt = self._admit(login, address)
        account = self._account(login)
        stored = account["password_hash"] if account else None
        if not passwords.matches(stored, password) or account is None or stored is None:
            raise Refused("sign_in_failed")
        self._forgive(login, attempt)
        fresh = passwords.hashed(password) if passwords.needs_rehash(stored) else stored
        with self._store.writing() as transaction:
            kept = transaction.change(
                "UPDATE accounts SET password_hash = ? WHERE person_id = ? AND password_hash = ?",
                fresh,
                account["person_id"],
                stored,
            )
            if kept == 0:
                # The password was changed or the account closed while this one was being verified.
                raise Refused("sign_in_failed")
            return self._sessions.begin(transaction, account["person_id"], address, agent)

    def activate(self, login: str, code: str, password: str, *, address: str, agent: str = "") -> str:
        """The first password, or a new one after a reset, by a code from the administrator; ends all sessions."""
        login = normal_login(login)
        attempt = self._admit(login, address)
        account = self._account(login)
        valid_hash = account["code_hash"] if account and self._now() < (account["code_ends_at"] or 0) else None
        if not hmac.compare_digest(valid_hash or "", _code_hash(code)) or account is None:
            raise Refused("activation_failed")
        self._forgive(login, attempt)
        passwords.check_acceptable(password, login, account["full_name"])
        password_hash = passwords.hashed(password)
        with self._store.writing() as transaction:
            used = transaction.change(
                "UPDATE accounts SET password_hash = ?, code_hash = NULL, code_ends_at = NULL"
                " WHERE person_id = ? AND code_hash = ?",
                password_hash,
                account["person_id"],
                valid_hash,
            )
            if used == 0:
                raise Refused("activation_failed")
            end_all(transaction, account["person_id"])
            return self._sessions.begin(transaction, account["person_id"], address, agent)

    def issue_code(self, person_id: str, login: str, full_name: str) -> str:
        """An activation code, shown once; the earlier one no longer works, a password still does."""
        return self.issue_codes([(person_id, login, full_name)])[0]

    def issue_codes(self, accounts: Sequence[tuple[str, str, str]]) -> list[str]:
        """One for each (person id, login, full name), in one transaction."""
        codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in accounts]
        ends_at = self._now() + int(CODE_LIFE.total_seconds())
        with self._store.writing() as transaction:
            transaction.change_each(
                "INSERT INTO accounts (person_id, login, full_name, code_hash, code_ends_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (person_id) DO UPDATE SET login = excluded.login, full_name = excluded.full_name,"
                " code_hash = excluded.code_hash, code_ends_at = excluded.code_ends_at",
                [
                    (person_id, normal_login(login), full_name, _code_hash(code), ends_at)
                    for (person_id, login, full_name), code in zip(accounts, codes, strict=True)
                ],
            )
        return ["-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for code in codes]

    def set_password(self, person_id: str, login: str, password: str, full_name: str = "") -> None:
        """For the command line: whoever can write the store needs no code. Ends all of the person's sessions."""
        passwords.check_acceptable(password, login, full_name)
        self._put_password(person_id, normal_login(login), password, full_name)

    def change_password(self, person_id: str, current: str, new: str, *, address: str, agent: str = "") -> str:
        """By the person themself: ends all sessions and answers the token of a new one for this browser."""
        found = self._store.rows("SELECT * FROM accounts WHERE person_id = ?", person_id)
        if not found or found[0]["password_hash"] is None:
            raise Refused("wrong_password")
        account = found[0]
        attempt = self._admit(account["login"], address)
        if not passwords.matches(account["password_hash"], current):
            raise Refused("wrong_password")
        self._forgive(account["login"], attempt)
        passwords.check_acceptable(new, account["login"], account["full_name"])
        password_hash = passwords.hashed(new)
        with self._store.writing() as transaction:
            transaction.change("UPDATE accounts SET password_hash = ? WHERE person_id = ?", password_hash, person_id)
            end_all(transaction, person_id)
            return self._sessions.begin(transaction, person_id, address, agent)

    def confirm(self, person_id: str, password: str, *, address: str) -> None:
        """Before an act that must be the person's own: asks for the password again. Raises `wrong_password`."""
        found = self._store.rows("SELECT login, password_hash FROM accounts WHERE person_id = ?", person_id)
        if not found or found[0]["password_hash"] is None:
            raise Refused("wrong_password")
        attempt = self._admit(found[0]["login"], address)
        if not passwords.matches(found[0]["password_hash"], password):
            raise Refused("wrong_password")
        self._forgive(found[0]["login"], attempt)

    @contextmanager
    def slowing_guesses_at_pin(self, person_id: str) -> Iterator[None]:
        """Around the use of a signing key: its file does not count wrong PINs, as a token does. Raises `TryLater`."""
        guesser = f"pin {person_id}"
        attempt = self._admit(guesser, guesser)
        try:
            yield
        except Exception as error:
            if not (isinstance(error, Refused) and error.code == "wrong_key_pin"):
                throttle.take_back(self._store, attempt)
            raise
        self._forgive(guesser, attempt)

    def forget_name(self, person_id: str) -> None:
        """The name that passwords must not hold, once the person is to be forgotten."""
        self._store.change("UPDATE accounts SET full_name = '' WHERE person_id = ?", person_id)
        self._store.overwrite_accounts()

    def close_account(self, person_id: str) -> None:
        """No secret of this person opens anything any more, and what was open is ended."""
        with self._store.writing() as transaction:
            transaction.change("DELETE FROM accounts WHERE person_id = ?", person_id)
            end_all(transaction, person_id)

    def has_password(self, person_id: str) -> bool:
        return bool(
            self._store.rows("SELECT 1 FROM accounts WHERE person_id = ? AND password_hash IS NOT NULL", person_id)
        )

    def subject_of(self, token: str) -> str | None:
        return self._sessions.subject_of(token)

    def subjects_of(self, tokens: Collection[str]) -> dict[str, str]:
        """Of many at once, as committed now: an ended session is not among them."""
        return self._sessions.subjects_of(tokens)

    def used(self, tokens: Collection[str]) -> None:
        self._sessions.used(tokens)

    def holder_of(self, token: str) -> str | None:
        return self._sessions.holder_of(token)

    def sign_out(self, token: str) -> None:
        self._sessions.end(token)

    def sessions_of(self, person_id: str, token: str) -> list[Session]:
        return self._sessions.of(person_id, token)

    def end_session(self, person_id: str, session_id: str) -> None:
        if not self._sessions.end_one(person_id, session_id):
            raise Refused("not_found")

    def end_other_sessions(self, person_id: str, token: str) -> None:
        self._sessions.end_others(person_id, token)

    def _put_password(self, person_id: str, login: str, password: str, full_name: str) -> None:
        password_hash = passwords.hashed(password)
        with self._store.writing() as transaction:
            transaction.change(
                "INSERT INTO accounts (person_id, login, full_name, password_hash) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (person_id) DO UPDATE SET login = excluded.login, full_name = excluded.full_name,"
                " password_hash = excluded.password_hash, code_hash = NULL, code_ends_at = NULL",
                person_id,
                login,
                full_name,
                password_hash,
            )
            end_all(transaction, person_id)

    def _admit(self, login: str, address: str) -> str:
        with self._store.writing() as transaction:
            return throttle.admit(transaction, login, address, self._now())

    def _forgive(self, login: str, attempt: str) -> None:
        throttle.forgive(self._store, login, attempt)

    def _account(self, login: str) -> Row | None:
        found = self._store.rows("SELECT * FROM accounts WHERE login = ?", login)
        return found[0] if found else None

    def _now(self) -> int:
        return int(self._clock().timestamp())


def normal_login(login: str) -> str:
    return passwords.normal(login).strip().casefold()


def _code_hash(code: str) -> str:
    """A code is random (80 bits), so a fast hash is as good as a slow one."""
    return sha256("".join(each for each in code.upper() if each in CODE_LETTERS).encode()).hexdigest()
