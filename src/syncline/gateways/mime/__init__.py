"""Raw mails in, what they say out: read leniently, never refused, never trusted.

`mail.read_mail` gives what the log keeps of a mail, `mail.texts_of` its texts for an exact search,
`opening.open_mail` its parts, `html.safe_html` what of its HTML may be shown, `parsing.Parsing` all of these
off the event loop.
"""
