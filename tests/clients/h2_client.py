"""What python3-h2 sees of a server: /usr/bin/python3 h2_client.py CASE URL [ARGUMENT].

A program of its own because Debian's h2 belongs to Debian's Python, which need not be the one that runs the tests. It
shows what programs hide: each event of each stream, in order. Prints facts as JSON, which h2_python_cases.py judges.
"""

import collections
import json
import os
import socket
import ssl
import sys
import urllib.parse
import zlib

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings


class Stream:
    def __init__(self):
        self.status = None
        self.interim = []
        self.fields = {}
        self.body = b""
        self.trailers = {}
        self.over = False
        self.reset = None

    def facts(self):
        return {"status": self.status, "body": self.body.decode("latin-1"), "reset": self.reset}


class Client:
    """Reads as it goes; acknowledges bodies as they arrive, unless `reads` is off."""

    def __init__(self, url, window=None, reads=True):
        self.url = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((self.url.hostname, self.url.port), timeout=15)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
            assert self.socket.selected_alpn_protocol() == "h2"
        self.protocol = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.protocol.initiate_connection()
        if window is not None:
            self.protocol.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window})
        self.reads = reads
        self.streams = collections.defaultdict(Stream)
        self.goaways = []  # (last stream, code)
        self.ended = False
        self.flush()

    def flush(self):
        self.socket.sendall(self.protocol.data_to_send())

    def open(self, method, path, end=True, **fields):
        stream = self.protocol.get_next_available_stream_id()
        head = [(":method", method), (":scheme", self.url.scheme), (":authority", self.url.netloc), (":path", path)]
        self.protocol.send_headers(stream, head + list(fields.items()), end_stream=end)
        self.flush()
        return stream

    def send(self, stream, data, end=True):
        """All of it, as far as the windows allow; what comes meanwhile is taken. Whether the stream took it all."""
        while data:
            if self.streams[stream].over or self.ended:
                return False
            size = min(len(data), self.protocol.local_flow_control_window(stream),
                       self.protocol.max_outbound_frame_size)
            if size == 0:
                self.receive()
                continue
            self.protocol.send_data(stream, data[:size], end_stream=end and size == len(data))
            data = data[size:]
            self.flush()
        return True

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            self.ended = True
            return
        for event in self.protocol.receive_data(data):
            self.take(event)
        if self.goaways:  # h2 takes it for the end of the streams that there are, too, which it is not (RFC 9113 6.8)
            self.protocol.state_machine.state = h2.connection.ConnectionState.CLIENT_OPEN
        self.flush()

    def take(self, event):
        stream = self.streams[event.stream_id] if getattr(event, "stream_id", None) else None
        if isinstance(event, h2.events.InformationalResponseReceived):
            stream.interim.append([int(dict(event.headers)[":status"]), dict(event.headers).get("link")])
        elif isinstance(event, h2.events.ResponseReceived):
            stream.fields = dict(event.headers)
            stream.status = int(stream.fields.pop(":status"))
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            if self.reads and event.flow_controlled_length:
                self.protocol.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.TrailersReceived):
            stream.trailers = dict(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            stream.over = True
        elif isinstance(event, h2.events.StreamReset):
            stream.over = True
            stream.reset = int(event.error_code)
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.goaways.append([event.last_stream_id, int(event.error_code)])

    def wait(self, condition):
        while not condition() and not self.ended:
            self.receive()

    def finish(self, *streams):
        self.wait(lambda: all(self.streams[stream].over for stream in streams))
        return [self.streams[stream] for stream in streams]

    def ask(self, method, path, body=b"", **fields):
        stream = self.open(method, path, end=not body, **fields)
        self.send(stream, body)
        return self.finish(stream)[0]


def methods(client, _):
    asked = [client.ask("GET", "/plaintext"), client.ask("HEAD", "/plaintext"),
             client.ask("POST", "/plaintext", b"posted")]
    return [[each.status, each.fields["content-length"], each.body.decode()] for each in asked]


def bodies(client, _):
    """1 MiB each way, at once."""
    sent = os.urandom(1 << 20)
    back = client.ask("POST", "/echo", sent)
    receipt = client.ask("PUT", "/upload", sent, **{"content-length": str(len(sent))})
    return {"same": back.body == sent, "receipt": receipt.body.decode() == f"{len(sent)} {zlib.adler32(sent)}"}


def a_window_of_one_byte(url, _):
    client = Client(url, window=1)
    answer = client.ask("GET", "/plaintext")
    streamed = client.ask("GET", "/lines/5")
    return [answer.body.decode(), streamed.body.decode()]


def a_closed_window(url, _):
    """One stream's answer is not taken; others are served meanwhile, and it is whole in the end."""
    client = Client(url, window=0)
    held = client.open("GET", "/lines/100")
    client.wait(lambda: client.streams[held].status)
    client.protocol.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000})
    client.flush()
    beside = client.ask("GET", "/plaintext")
    end = client.finish(held)[0]
    return [beside.body.decode(), len(end.body)]


def many_at_once(client, _):
    streams = [client.open("POST", "/plaintext", end=False) for _ in range(100)]
    for stream in streams:
        client.send(stream, str(stream).encode())
    answers = client.finish(*streams)
    return [answer.body.decode() for answer in answers] == [str(stream) for stream in streams]


def one_too_many(client, _):
    """The 101st is refused, whatever SETTINGS say to whoever asks before they come."""
    client.wait(lambda: client.protocol.remote_settings.max_concurrent_streams == 100)
    client.protocol.remote_settings[h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS] = 1000
    client.protocol.remote_settings.acknowledge()
    streams = [client.open("GET", "/hold") for _ in range(101)]
    refused = client.finish(streams[100])[0]
    for stream in streams[:100]:
        client.protocol.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    return refused.facts()


def trailers(client, _):
    stream = client.open("POST", "/trailers", end=False)
    client.send(stream, b"text", end=False)
    client.protocol.send_headers(stream, [("x-sum", "42")], end_stream=True)
    client.flush()
    answer = client.finish(stream)[0]
    return [answer.body.decode(), answer.trailers]


def interim_answers(client, argument):
    hints = client.ask("GET", "/hints")
    stream = client.open("POST", "/upload", end=False, expect="100-continue")
    client.wait(lambda: client.streams[stream].interim)
    client.send(stream, b"sent")
    return [hints.interim, hints.body.decode(), client.finish(stream)[0].interim]


def reset_in_the_middle(client, _):
    """Then the connection serves another."""
    stream = client.open("GET", "/hold")
    print("asked", flush=True)
    sys.stdin.readline()  # it is at work
    client.protocol.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    return client.ask("GET", "/plaintext").facts()


def reset_of_an_upload(client, _):
    stream = client.open("POST", "/upload", end=False)
    client.send(stream, b"half", end=False)
    client.protocol.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    return client.ask("GET", "/plaintext").facts()


def early_answers(client, _):
    """Of whom the rest of the body is not wanted any more."""
    facts = []
    for path in ("/small", "/early", "/nowhere"):
        stream = client.open("POST", path, end=False, **{"content-length": "3000000"})
        client.wait(lambda stream=stream: client.streams[stream].reset is not None)
        facts.append([client.streams[stream].status, client.streams[stream].reset])
    return facts


def refusals(client, _):
    answers = [client.ask("GET", "/nowhere"), client.ask("POST", "/small", b"x" * 2000),
               client.ask("GET", "/plaintext", **{"x-long": "x" * 40_000}), client.ask("DELETE", "/plaintext"),
               client.ask("GET", "/plaintext")]
    return [answer.status for answer in answers]


def events(client, _):
    stream = client.open("GET", "/events", **{"last-event-id": "7"})
    seen = 0
    while not client.streams[stream].over:
        client.receive()
        body = client.streams[stream].body
        sys.stdout.write(body[seen:].decode())
        sys.stdout.flush()
        seen = len(body)


def idle(client, _):
    """After an answer, nothing."""
    client.ask("GET", "/plaintext")
    client.wait(lambda: False)
    return {"goaways": client.goaways, "ended": client.ended}


def drain(client, argument):
    """One request is at work when the server is told to go; one more is on its way when the client hears of it."""
    first = client.open("GET", argument)
    print("asked", flush=True)
    sys.stdin.readline()  # it is at work, and the server has been told
    client.wait(lambda: client.goaways)
    announced = list(client.goaways)
    answer = client.finish(first)[0]
    client.wait(lambda: False)
    return {"announced": announced, "answer": answer.body.decode(), "ended": client.ended, "last": client.goaways[-1]}


def drain_when_idle(client, _):
    client.ask("GET", "/")
    print("asked", flush=True)
    sys.stdin.readline()  # the server has been told
    client.wait(lambda: False)
    return {"goaways": client.goaways, "ended": client.ended}


def half_closed(client, _):
    """The socket's writing side ends behind the request."""
    stream = client.open("GET", "/plaintext")
    client.socket.shutdown(socket.SHUT_WR)
    client.flush = lambda: None
    return client.finish(stream)[0].facts()


OWN_CLIENT = (a_window_of_one_byte, a_closed_window)


def main():
    case = globals()[sys.argv[1]]
    argument = sys.argv[3] if len(sys.argv) > 3 else None
    facts = case(sys.argv[2] if case in OWN_CLIENT else Client(sys.argv[2]), argument)
    if facts is not None:
        print(json.dumps(facts))


if __name__ == "__main__":
    main()
