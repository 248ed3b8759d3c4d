"""Mail as one host keeps it: mailboxes, messages, accounts, the outgoing queue. No protocol words here."""
