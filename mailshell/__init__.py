"""A terminal in which you talk raw SMTP and POP3 to real mail servers, and every octet explains itself."""

__version__ = "0.1.0"
