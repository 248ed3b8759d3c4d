"""A terminal in which you talk raw SMTP, POP3 and IMAP to real mail servers, and every octet explains itself."""

__version__ = "0.1.0"
