"""Running PostgreSQL as an ordinary user when we are root: it refuses to run as root."""

import ctypes
import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import LIBC
from config.errors import StartError

PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
OTHERS_MAY_ENTER = 0o001


@dataclass(frozen=True)
class Owner:
    """The account that a server runs under."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        """Whether nothing has to be dropped."""
        return self.uid == os.geteuid()


def owner_of(var_dir: Path) -> Owner:
    """Ourselves; for root the folder's owner, or else the account `nobody`."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    status = var_dir.stat()
    if status.st_uid != 0:
        return Owner(status.st_uid, status.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Owner(65534, 65534)
    return Owner(nobody.pw_uid, nobody.pw_gid)


def confine(owner: Owner, *needed: Path) -> Callable[[], None] | None:
    """What a child of root runs before its program to become `owner` and still reach `needed`.

    Root works below folders that only it may enter (/root, a private checkout). Instead of
    opening them to all, the child keeps the right to pass them.
    """
    if owner.is_us:
        return None
    passes = all(map(_open_to_all, needed))

    def become() -> None:
        if not passes:
            LIBC.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([])
        os.setgid(owner.gid)
        os.setuid(owner.uid)
        if not passes:
            _keep_passage()

    return become


def _open_to_all(path: Path) -> bool:
    place = path.resolve()
    return all(folder.stat().st_mode & OTHERS_MAY_ENTER for folder in (place, *place.parents))


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Rights(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _keep_passage() -> None:
    header, rights = _Header(CAPABILITY_VERSION_3, 0), (_Rights * 2)()
    LIBC.capget(ctypes.byref(header), ctypes.byref(rights))
    kept = rights[0].permitted & (1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    rights[0], rights[1] = _Rights(kept, kept, kept), _Rights(0, 0, 0)
    if not kept or LIBC.capset(ctypes.byref(header), ctypes.byref(rights)):
        raise StartError
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if kept & 1 << capability:
            LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
