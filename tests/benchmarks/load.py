"""The messages that the meters send, and that the peers hold."""

SENDER, RECIPIENT = "sender@lancs.uk", "bob@nyu.edu"


def make_message(number: int, size: int) -> bytes:
    """A multipart/alternative message of about `size` octets, the same for the same number.

    No line starts with a dot, so the octets on the wire are the octets of the message.
    """
    boundary = f"=_bench_{number:06d}"
    clock = f"{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    head = (
        f"From: Sender <{SENDER}>\r\n"
        f"To: Bob <{RECIPIENT}>, Carol <carol@nyu.edu>\r\n"
        f"Subject: bench message {number:06d}\r\n"
        f"Date: Mon, 02 Mar 2026 {clock} +0000\r\n"
        f"Message-ID: <bench-{number:06d}@lancs.uk>\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        "\r\n"
        f"--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is message {number}.\r\n"
    ).encode()
    tail = f"\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\n<p>{number}</p>\r\n--{boundary}--\r\n".encode()
    line = b"x" * 74 + b"\r\n"
    full, rest = divmod(max(0, size - len(head) - len(tail)), len(line))
    return head + line * full + (b"y" * (rest - 2) + b"\r\n" if rest > 2 else b"") + tail
