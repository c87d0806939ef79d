"""A Stripe on loopback that believes nothing: every request is checked against what the official library
sends (headers, form encoding) and against its own list of parameters. What is wrong goes to `faults`."""
import contextlib
import http.server
import json
import re
import threading
import time
import urllib.parse

import stripe
import stripe.params
import stripe.params.checkout

API_KEY = "sk_test_51UnderstudyFakeKeyThatMustNeverBeLogged"
SECRETS = ["whsec_understudy_fake_secret_one_never_logged", "whsec_understudy_fake_secret_two_never_logged"]
FORM = "application/x-www-form-urlencoded"


def nested(text):
    """'a[b][0][c]=1&...' as dictionaries, as Stripe reads it."""
    root = {}
    for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True):
        path = [part.rstrip("]") for part in name.split("[")]
        node = root
        for part in path[:-1]:
            node = node.setdefault(part, {})
        if path[-1] in node:
            raise ValueError(f"{name} comes twice")
        node[path[-1]] = value
    return root


def unknown_parameters(params, module, type_name, path=""):
    """Names in `params` that the official library's own types do not have."""
    known = getattr(module, type_name).__annotations__
    for name, value in params.items():
        if name not in known:
            yield path + name
            continue
        if not isinstance(value, dict):
            continue
        inner = [t for t in re.findall(r"\w*Params\w+", str(known[name])) if hasattr(module, t)]
        items = value.values() if all(key.isdigit() for key in value) else [value]
        for item in items:
            for type_of_item in inner[:1]:
                yield from unknown_parameters(item, module, type_of_item, f"{path}{name}.")


class FakeStripe:
    def __init__(self):
        self.faults = []           # what a real client would not have sent
        self.requests = []         # (method, path, params, idempotency key)
        self.answers = {}          # idempotency key -> (body, status, answer)
        self.sessions, self.payments = {}, {}
        self.break_next = []       # of POSTs: "500", "drop" (done, but the answer is lost), "402:code", ...
        self.hold = None           # an Event that POSTs wait for before they are answered
        self.lock = threading.Lock()
        self.count = 0
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                fake.post(self, self.rfile.read(length).decode())

            def do_GET(self):
                fake.get(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---------------------------------------------------------------- what comes in

    def fault(self, text):
        self.faults.append(text)

    def check_headers(self, handler):
        headers = handler.headers
        if headers.get("Authorization") != f"Bearer {API_KEY}":
            self.fault("Authorization")
            return False
        if not re.fullmatch(r"20\d\d-\d\d-\d\d(\.\w+)?", headers.get("Stripe-Version", "")):
            self.fault(f"Stripe-Version {headers.get('Stripe-Version')}")
        if not headers.get("User-Agent"):
            self.fault("User-Agent")
        return True

    def reply(self, handler, status, body, headers=()):
        raw = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        handler.send_header("Request-Id", "req_fake")
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(BrokenPipeError):  # whoever asked was killed
            handler.wfile.write(raw)

    def error(self, handler, status, code, **more):
        kind = "card_error" if status == 402 else "invalid_request_error"
        self.reply(handler, status, {"error": {"type": kind, "code": code, "message": f"{code}.", **more}})

    def post(self, handler, body):
        if not self.check_headers(handler):
            return self.error(handler, 401, "api_key_invalid")
        key = handler.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= 255:
            self.fault("a POST without Idempotency-Key")
        if handler.headers.get("Content-Type") != FORM:
            self.fault(f"Content-Type {handler.headers.get('Content-Type')}")
        try:
            params = nested(body)
        except ValueError as wrong:
            self.fault(f"form: {wrong}")
            return self.error(handler, 400, "parameter_invalid")
        with self.lock:
            self.requests.append(("POST", handler.path, params, key))
            plan = self.break_next.pop(0) if self.break_next else ""
        if self.hold is not None:
            self.hold.wait(20)
        if plan == "500":
            return self.reply(handler, 500, {"error": {"type": "api_error"}})
        with self.lock:
            if key in self.answers:
                earlier, status, answer = self.answers[key]
                if earlier != (handler.path, body):
                    self.fault("the same Idempotency-Key with another request")
                    return self.error(handler, 400, "idempotency_error")
                return self.reply(handler, status, answer, [("Idempotent-Replayed", "true")])
            status, answer = self.make(handler.path, params, plan)
            self.answers[key] = ((handler.path, body), status, answer)
        if plan == "drop":
            handler.close_connection = True
            handler.connection.close()
            return None
        return self.reply(handler, status, answer)

    def make(self, path, params, plan):
        self.count += 1
        if path == "/v1/checkout/sessions":
            return self.make_session(params)
        if path == "/v1/payment_intents":
            return self.make_payment(params, plan)
        self.fault(f"POST {path}")
        return 404, {"error": {"type": "invalid_request_error"}}

    def make_session(self, params):
        for name in unknown_parameters(params, stripe.params.checkout, "SessionCreateParams"):
            self.fault(f"unknown parameter {name}")
        if params.get("mode") != "payment" or not params.get("success_url"):
            self.fault("mode, success_url")
        if "customer" in params and "customer_creation" in params:
            self.fault("customer and customer_creation exclude each other")
        if params.get("customer") == "cus_gone":
            return 400, {"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "customer"}}
        line = params["line_items"]["0"]
        amount = int(line["price_data"]["unit_amount"]) * int(line["quantity"])
        payment_id = f"pi_fake{self.count}"
        self.payments[payment_id] = {
            "id": payment_id, "object": "payment_intent", "amount": amount, "amount_received": 0,
            "currency": line["price_data"]["currency"], "customer": None, "payment_method": None,
            "status": "requires_payment_method", "last_payment_error": None,
            "metadata": params.get("payment_intent_data", {}).get("metadata", {}),
            "setup_future_usage": params.get("payment_intent_data", {}).get("setup_future_usage")}
        session = {
            "id": f"cs_test_fake{self.count}", "object": "checkout.session", "amount_total": amount,
            "currency": line["price_data"]["currency"], "client_reference_id": params.get("client_reference_id"),
            "customer": params.get("customer"), "metadata": params.get("metadata", {}), "mode": "payment",
            "payment_intent": None, "payment_status": "unpaid", "status": "open",
            "expires_at": int(time.time()) + 86400, "url": f"{self.url}/pay/{self.count}", "_payment": payment_id}
        self.sessions[session["id"]] = session
        return 200, session

    def make_payment(self, params, plan):
        for name in unknown_parameters(params, stripe.params, "PaymentIntentCreateParams"):
            self.fault(f"unknown parameter {name}")
        if (params.get("off_session"), params.get("confirm")) != ("true", "true"):
            self.fault("off_session, confirm")
        payment = {
            "id": f"pi_fake{self.count}", "object": "payment_intent", "amount": int(params["amount"]),
            "amount_received": int(params["amount"]), "currency": params["currency"],
            "customer": params["customer"], "payment_method": params["payment_method"], "status": "succeeded",
            "last_payment_error": None, "metadata": params.get("metadata", {})}
        self.payments[payment["id"]] = payment
        if plan.startswith("402:"):
            code = plan[4:]
            payment.update(status="requires_payment_method", amount_received=0,
                           last_payment_error={"code": code, "message": f"{code}."})
            return 402, {"error": {"type": "card_error", "code": code, "message": f"{code}.", "payment_intent": payment}}
        if plan == "processing":
            payment.update(status="processing", amount_received=0)
        return 200, payment

    def get(self, handler):
        if not self.check_headers(handler):
            return self.error(handler, 401, "api_key_invalid")
        address = urllib.parse.urlsplit(handler.path)
        with self.lock:
            self.requests.append(("GET", address.path, dict(urllib.parse.parse_qsl(address.query)), ""))
            kind, _, name = address.path.removeprefix("/v1/").rpartition("/")
            known = {"checkout/sessions": self.sessions, "payment_intents": self.payments}.get(kind, {})
            if name not in known:
                return self.error(handler, 404, "resource_missing", param="id")
            answer = dict(known[name])
            if kind == "checkout/sessions" and answer["payment_intent"] and "payment_intent" in address.query:
                answer["payment_intent"] = self.payments[answer["payment_intent"]]
            return self.reply(handler, 200, answer)

    # ---------------------------------------------------------------- what customers and banks do

    def pay(self, session_id, method="pm_card", is_delayed=False):
        """The customer pays on the Checkout page."""
        session = self.sessions[session_id]
        payment = self.payments[session["_payment"]]
        session["customer"] = session["customer"] or f"cus_{session_id}"
        session.update(status="complete", payment_intent=payment["id"])
        payment.update(customer=session["customer"], payment_method=method)
        if is_delayed:
            payment["status"] = "processing"
        else:
            self.settle(session_id)
        return session

    def settle(self, session_id):
        session = self.sessions[session_id]
        payment = self.payments[session["payment_intent"]]
        session["payment_status"] = "paid"
        payment.update(status="succeeded", amount_received=payment["amount"])
        return session

    def event(self, kind, subject, event_id=None, **more):
        self.count += 1
        return {"id": event_id or f"evt_fake{self.count}", "object": "event", "type": kind, "livemode": False,
                "created": int(time.time()), "api_version": "2024-06-20", "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
                "data": {"object": {k: v for k, v in subject.items() if not k.startswith("_")}}, **more}


def charge(payment, refunded, charge_id="ch_fake"):
    return {"id": charge_id, "object": "charge", "amount": payment["amount"], "amount_refunded": refunded,
            "currency": payment["currency"], "payment_intent": payment["id"], "metadata": payment["metadata"],
            "refunded": refunded == payment["amount"]}


def dispute(payment, status, amount=None, dispute_id="dp_fake"):
    return {"id": dispute_id, "object": "dispute", "amount": amount or payment["amount"], "currency": "usd",
            "charge": "ch_fake", "payment_intent": payment["id"], "status": status, "reason": "fraudulent"}


def sign(payload, secret=SECRETS[0], timestamp=None):
    """The header, made by the official library, which also has to accept it."""
    header = stripe.WebhookSignature.generate_signature_header(payload, secret, timestamp)
    if timestamp is None:
        stripe.WebhookSignature.verify_header(payload, header, secret, stripe.Webhook.DEFAULT_TOLERANCE)
    return header
