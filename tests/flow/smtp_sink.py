#!/usr/bin/python3
"""smtp_sink.py DIR [--port=N] [--cert=FILE --key=FILE [--whole]] [--user=NAME --password=WORD]

A mail server (aiosmtpd) on 127.0.0.1 that keeps every mail as DIR/N.eml, the envelope and the encryption in its first lines. With a certificate it offers
STARTTLS, or speaks TLS from the start (--whole); with a user it takes mails from that one only.
"""
import argparse
import asyncio
import pathlib
import signal
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

PARSER = argparse.ArgumentParser()
PARSER.add_argument("dir", type=pathlib.Path)
PARSER.add_argument("--port", type=int, default=0)
PARSER.add_argument("--cert")
PARSER.add_argument("--key")
PARSER.add_argument("--whole", action="store_true")
PARSER.add_argument("--user")
PARSER.add_argument("--password")
ARGS = PARSER.parse_args()


class Keep:
    async def handle_DATA(self, server, session, envelope):
        number = len(list(ARGS.dir.glob("*.eml"))) + 1
        tls = "yes" if session.ssl or ARGS.whole else "no"
        head = f"X-From: {envelope.mail_from}\r\nX-To: {','.join(envelope.rcpt_tos)}\r\nX-TLS: {tls}\r\n"
        kept = ARGS.dir / f"{number}.part"
        kept.write_bytes(head.encode() + envelope.content)
        kept.rename(ARGS.dir / f"{number}.eml")
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == ARGS.user.encode() and data.password == ARGS.password.encode()
    return AuthResult(success=good)


def protocol(context):
    extra = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if ARGS.user else {}
    if context and not ARGS.whole:
        extra["tls_context"] = context
    return SMTP(Keep(), hostname="localhost", enable_SMTPUTF8=False, **extra)


async def main():
    context = None
    if ARGS.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ARGS.cert, ARGS.key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(context), "127.0.0.1", ARGS.port, ssl=context if ARGS.whole else None, reuse_address=True)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()


asyncio.run(main())
