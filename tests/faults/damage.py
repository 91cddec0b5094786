"""Random damage to bytes."""

import random

SPICE = [
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\x00", b"\xff", b"%", b"%00", b"%zz", b":", b" ", b"\t",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: x\r\n", b"0\r\n\r\n",
    b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n", b"HTTP/1.0",
    b"GET / HTTP/1.1\r\n", b"&session_id=", b"\\ud800", b"[[[[", b"{", b'"', b"-1", b"9" * 40,
]  # fmt: skip


def damaged(whole: bytes, randomness: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(randomness.randint(1, 6)):
        at_byte = randomness.randrange(len(data) + 1)
        stretch = slice(at_byte, at_byte + randomness.randint(1, 20))
        match randomness.randrange(5):
            case 0:
                data[at_byte : at_byte + 1] = randomness.randbytes(1)
            case 1:
                del data[stretch]
            case 2:
                data[at_byte:at_byte] = data[stretch] * randomness.randint(1, 50)
            case 3:
                data[at_byte:at_byte] = randomness.choice(SPICE)
            case 4:
                data[at_byte:at_byte] = randomness.randbytes(randomness.randint(1, 8))
    return bytes(data)
