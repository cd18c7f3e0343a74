"""A small OpenID Connect provider on loopback, in a thread: authorization code with PKCE, RS256, its keys as a JWKS.

It knows one person at a time (`claims`), whoever's browser asks. A test may make it lie: `sign` replaces how it signs.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET, KEY_ID = "imap", "the-secret-of-the-client", "first"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY = new_key()


class Provider:
    def __init__(self) -> None:
        self.claims: dict[str, object] = {}
        self.sign: Callable[[dict], str] = self.sign_rightly
        self.codes: dict[str, dict[str, str]] = {}
        self.verified: list[str] = []  # the PKCE verifiers that were right
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {
                    "/.well-known/openid-configuration": provider.configuration,
                    "/jwks": provider.jwks,
                }
                address = urlsplit(self.path)
                if address.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(dict(parse_qsl(address.query))))
                    self.end_headers()
                else:
                    self.answer(200, pages[address.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*provider.exchange({name: values[0] for name, values in parse_qs(body).items()}))

            def answer(self, status: int, content: dict) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def configuration(self) -> dict:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes next: the portal, with a code."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, given: dict[str, str]) -> tuple[int, dict]:
        """A code, with the secret of the client and the PKCE verifier, for a token; each code once."""
        asked = self.codes.pop(given.get("code", ""), None)
        verifier = given.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        is_client = (given.get("client_id"), given.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if asked is None or not is_client or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if given["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        self.verified.append(verifier)
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "sub": "person-1", "iat": now, "exp": now + 300}
        token = self.sign(claims | {"nonce": asked.get("nonce", "")} | self.claims)
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}

    def sign_rightly(self, claims: dict) -> str:
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": KEY_ID})


@contextmanager
def serving():
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
