"""What a stored key tells whoever reads the table."""

from hashlib import sha256

from backend.idempotency import keys

ADDRESS, CHOSEN, BODY = "203.0.113.7", "wang-13900000000", b'{"id_number":"11010519491231002X"}'


def test_neither_address_nor_key_nor_content_can_be_read_or_guessed() -> None:
    asked = keys.once(f"ip:{ADDRESS}", CHOSEN, method="POST", path="/me", body=BODY)

    assert ADDRESS not in asked.id
    assert CHOSEN not in asked.id
    assert asked.fingerprint != sha256(b"POST /me\n" + BODY).digest()
    assert asked == keys.once(f"ip:{ADDRESS}", CHOSEN, method="POST", path="/me", body=BODY)


def test_owners_keys_and_contents_are_told_apart() -> None:
    made = [
        keys.once(owner, key, method="POST", path="/me", body=body)
        for owner in ("resident:1", "resident:2", "ip:1", "ip:2")
        for key in ("a", "b")
        for body in (b"", b"x")
    ]

    assert len({asked.id for asked in made}) == 8
    assert len({asked.fingerprint for asked in made}) == 2
    assert made[0].id.startswith("resident:1:")
