#!/usr/bin/env python3
"""authz_server behind a real nginx, on loopback: service_test.py AUTHZ_SERVER EXAMPLE_FOLDER [RATE]

RATE is how many requests a second must be answered at least while policies change, 1,000 unless it is
given: a build with sanitizers is not asked for speed. Takes the configuration of examples/authz-server/example with other ports. Exit code 77: no nginx.
"""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

BATCH = 20  # requests that are sent at once on one connection
CONNECTIONS = 4


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Connection:
    """Sends requests in one piece, and reads their answers in order."""

    def __init__(self, where):
        """At a port, or at the path of a Unix socket."""
        if isinstance(where, Path):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(10)
            self.socket.connect(str(where))
        else:
            self.socket = socket.create_connection(("127.0.0.1", where), timeout=10)
        self.bytes = b""

    def send(self, text):
        self.socket.sendall(text)

    def status(self):
        """Of the next answer; its body is skipped."""
        while b"\r\n\r\n" not in self.bytes:
            self.receive()
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        size = int(length.group(1)) if length else 0
        while len(self.bytes) < size:
            self.receive()
        self.bytes = self.bytes[size:]
        return int(head.split(b" ", 2)[1])

    def receive(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("closed in the middle of an answer")
        self.bytes += more


def request_text(path, user=None, method="GET", headers=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if user:
        password = base64.b64encode(f"{user}:secret".encode()).decode()
        lines.append(f"Authorization: Basic {password}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Service:
    def __init__(self, program, example, folder, least_rate):
        self.least_rate = least_rate
        self.program = program
        self.folder = folder
        self.log = folder / "server.log"
        self.policies = folder / "policies"
        shutil.copytree(example / "policies", self.policies)
        config = json.loads((example / "authz.json").read_text())
        config["listen"] = "127.0.0.1:0"
        config["stop"] = {"drainSeconds": 1, "closeSeconds": 2}
        config["limits"]["idleSeconds"] = 2
        self.config = folder / "authz.json"
        self.config.write_text(json.dumps(config))
        self.nginx_text = (example / "nginx.conf").read_text()

    def start(self):
        self.process = subprocess.Popen([self.program, self.config], stderr=open(self.log, "w"))
        said = wait_for(lambda: re.search(r"listening at 127.0.0.1:(\d+)", self.log.read_text()),
                        "the server to listen")
        self.port = int(said.group(1))

    def start_nginx(self):
        self.front = free_port()
        back = free_port()
        text = self.nginx_text.replace(":9180;", f":{self.port};").replace(":8081", f":{back}")
        text = text.replace(":8080;", f":{self.front};")
        if os.geteuid() == 0:
            text = "user root;\n" + text  # its workers must be able to read the folder
        temporary = "".join(f"  {kind}_temp_path tmp;\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = text.replace("http {\n", "http {\n  keepalive_requests 1000000;\n" + temporary)
        (self.folder / "nginx.conf").write_text(text)
        (self.folder / "users").write_text("alice:{PLAIN}secret\nbob:{PLAIN}secret\n")
        self.nginx = subprocess.Popen(
            ["nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "nginx.log", "-g",
             "daemon off;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self.nginx.poll() is None and self.answers(self.front), "nginx")

    @staticmethod
    def answers(port):
        try:
            Connection(port).socket.close()
            return True
        except OSError:
            return False

    def ask(self, path, user=None, method="GET", headers=(), port=None):
        connection = Connection(port or self.front)
        connection.send(request_text(path, user, method, headers))
        try:
            return connection.status()
        finally:
            connection.socket.close()

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def metric(self, name):
        for line in self.get("/metrics").splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no metric {name}")

    def write_policy(self, name, document):
        """Beside, then over the old one."""
        path = self.policies / "identity" / name
        path.with_name("." + name).write_text(
            document if isinstance(document, str) else json.dumps(document))
        path.with_name("." + name).rename(path)

    def stop_all(self):
        for process in (getattr(self, "nginx", None), getattr(self, "process", None)):
            if process and process.poll() is None:
                process.terminate()  # nginx stops its workers, which a kill would leave behind
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got}, expected {wanted}")


def check_decisions(service):
    ask = service.ask
    expect("alice reads what is shared", ask("/documents/shared/a.txt", "alice"), 200)
    expect("alice writes her own", ask("/documents/alice/a.txt", "alice", "PUT"), 200)
    expect("alice reads bob's", ask("/documents/bob/a.txt", "alice"), 403)
    expect("alice deletes her own", ask("/documents/alice/a.txt", "alice", "DELETE"), 200)
    expect("but no contract", ask("/documents/alice/contracts/a.txt", "alice", "DELETE"), 403)
    expect("nobody reads", ask("/documents/shared/a.txt"), 401)
    expect("a path without route", ask("/other", "alice"), 403)
    expect("a method without action", ask("/documents/alice/a.txt", "alice", "OPTIONS"), 403)
    spoofed = ["X-Forwarded-User: bob"]
    expect("alice says she is bob", ask("/documents/bob/a.txt", "alice", headers=spoofed), 403)
    spoofed = ["X-Original-URI: /documents/alice/a.txt"]
    expect("of another URI", ask("/documents/bob/a.txt", "alice", headers=spoofed), 403)
    for path in ("/documents/alice/../bob/a", "/documents/alice/%2e%2e/bob/a",
                 "/documents/alice/..%2fbob/a", "/documents//alice/a", "/documents/alice/%00"):
        status = ask(path, "alice")
        if status not in (400, 403):
            raise AssertionError(f"{path}: {status}")
    print("decisions: allowed and denied as the policies say; spoofed headers and paths denied")


def check_raw(service):
    """Bytes that no proxy sends: what the HTTP server cuts off must not be missing in silence."""
    named = b"X-Forwarded-User: alice\r\n"
    method = b"X-Original-Method: GET\r\n"
    uri = b"X-Original-URI: /documents/shared/a\r\n"

    def ask(*headers):
        connection = Connection(service.port)
        connection.send(b"GET /authorize HTTP/1.1\r\nHost: localhost\r\n" + b"".join(headers) + b"\r\n")
        try:
            return connection.status()
        finally:
            connection.socket.close()

    expect("a whole question", ask(named, method, uri), 200)
    expect("with blanks and an empty value", ask(
        named, b"X-A: \r\n", method, b"X-Original-URI:\t /documents/shared/a\r\n"), 200)
    for nul in (b"\0", b"\0\0", b"\0\0\0", b"\0\0\0\0"):
        for tail in (b"", b"b", b"X-B: c", b"\r\nX-B: c"):
            user = b"X-Forwarded-User: alice" + nul + tail + b"\r\n"
            expect(f"a NUL in a user, {user}", ask(user, method, uri), 403)
            expect(f"in the last header, {user}", ask(method, uri, user), 403)
            path = b"X-Original-URI: /documents/shared/a" + nul + b"/../b" + tail + b"\r\n"
            expect(f"in a path, {path}", ask(named, path, method), 403)
            expect(f"in the last header, {path}", ask(named, method, path), 403)
        expect("before a user", ask(b"X-Forwarded-User: " + nul + b"alice\r\n", method, uri), 403)
        expect("in a header that nothing reads", ask(
            named, method, uri, b"X-A: b" + nul + b"c\r\n"), 403)
        in_name = ask(b"X-Forwarded-User" + nul + b": alice\r\n", method, uri)
        if in_name not in (400, 401, 403):
            raise AssertionError(f"a NUL in a name: {in_name}")
    expect("a folded header", ask(
        named, method, b"X-Original-URI: /documents/shared/a\r\n b\r\n"), 403)


class Slow:
    """A request that comes byte by byte, never idle for long, beside a connection that asks as often."""

    def __init__(self, service):
        self.port = service.port
        self.ended = None  # seconds until the slow one was closed
        self.asked = 0
        self.problem = None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            begin = time.monotonic()
            slow, busy = Connection(self.port), Connection(self.port)
            while time.monotonic() < begin + 15:
                slow.send(b"G" if self.asked == 0 else b"E")
                busy.send(request_text("/healthz"))
                expect("beside it", busy.status(), 200)
                self.asked += 1
                slow.socket.settimeout(0.5)
                try:
                    expect("bytes to the slow one", slow.socket.recv(1), b"")
                    break
                except TimeoutError:
                    pass
            self.ended = time.monotonic() - begin
            for _ in range(3):
                busy.send(request_text("/healthz"))
                expect("beside it, afterwards", busy.status(), 200)
                time.sleep(0.5)
        except (OSError, AssertionError) as error:
            self.problem = error

    def check(self, idle_seconds):
        self.thread.join()
        if self.problem:
            raise self.problem
        if not 2 * idle_seconds <= self.ended < 2 * idle_seconds + 5:
            raise AssertionError(f"a slow request was ended after {self.ended} s")
        print(f"a request of a byte at a time: ended after {self.ended:.1f} s")


def check_direct(service):
    """What only somebody beside the proxy can send."""
    named = ["X-Forwarded-User: alice", "X-Original-Method: GET"]
    uri = "X-Original-URI: /documents/alice/a"

    def ask(*headers):
        return service.ask("/authorize", headers=headers, port=service.port)

    expect("a whole question", ask(*named, uri), 200)
    expect("two users", ask(*named, uri, "X-Forwarded-User: bob"), 403)
    expect("no URI", ask(*named), 403)
    expect("a user that is no name", ask("X-Forwarded-User: a/b", named[1], uri), 403)
    expect("no user", ask(named[1], uri), 401)
    expect("a body", ask(*named, uri, "Content-Length: 3"), 403)
    check_raw(service)
    if ask(*named, uri, "X-Long: " + "x" * 20000) == 200:
        raise AssertionError("headers beyond the limit are answered with 200")
    half = Connection(service.port)
    half.send(b"GET /authorize HTTP/1.1\r\nHost:")
    half.socket.settimeout(10)
    expect("answers to half a request, until its time is up", half.socket.recv(1), b"")
    expect("ready", service.get("/readyz"), "ok\n")
    expect("healthy", service.get("/healthz"), "ok\n")
    print("questions that are no questions: denied")


FLIP = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/flip/*"}]}
NO_FLIP = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/flip/*"}]}
BROKEN = '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Alow", "Action": "s3:*"}]}'


class Load:
    """Asks all the time. The answers about `flip` are known while no policy changes."""

    def __init__(self, service):
        self.port = service.front
        self.flip = False  # the answer, or None while it may be either
        self.changes = 0  # tells two times apart at which `flip` is the same
        self.stopping = False
        self.asked = self.known = 0
        self.wrong = []
        self.thread = threading.Thread(target=self.run)

    def change(self, flip):
        self.flip = flip
        self.changes += 1

    def run(self):
        kinds = [(request_text("/documents/shared/a", "alice"), {200}),
                 (request_text("/documents/bob/a", "alice"), {403}),
                 (request_text("/documents/flip/a", "alice"), None)]
        batch = [kinds[i % len(kinds)] for i in range(BATCH)]
        text = b"".join(request for request, _ in batch)
        try:
            connections = [Connection(self.port) for _ in range(CONNECTIONS)]
            begin = time.monotonic()
            while not self.stopping:
                changes, flip = self.changes, self.flip
                for connection in connections:
                    connection.send(text)
                statuses = [connection.status() for connection in connections for _ in batch]
                known = flip is not None and changes == self.changes
                answers = ({200} if flip else {403}) if known else {200, 403}
                for i, status in enumerate(statuses):
                    wanted = batch[i % BATCH][1] or answers
                    if status not in wanted:
                        self.wrong.append((status, wanted))
                self.asked += len(statuses)
                self.known += len(statuses) if known else 0
            self.rate = self.asked / (time.monotonic() - begin)
        except OSError as error:
            self.wrong.append(error)
            self.rate = 0


def check_reload(service):
    service.write_policy("flip.json", NO_FLIP)
    wait_for(lambda: service.metric("writ_policy_version") == 2, "the second policies")
    load = Load(service)
    load.thread.start()
    reloads = 20
    for i in range(reloads):
        load.change(None)
        service.write_policy("flip.json", FLIP if i % 2 == 0 else NO_FLIP)
        wait_for(lambda: service.metric("writ_policy_version") == 3 + i, "a reload")
        load.change(i % 2 == 0)
        time.sleep(0.05)

    # The last good ones stay, whatever becomes of the file.
    load.change(None)
    service.write_policy("flip.json", FLIP)
    wait_for(lambda: service.metric("writ_policy_version") == 3 + reloads, "a reload")
    load.change(True)
    service.write_policy("flip.json", BROKEN)
    wait_for(lambda: service.metric("writ_policy_errors") == 1, "the refusal")
    time.sleep(0.2)
    metrics = service.get("/metrics")
    place = re.search(r'writ_policy_error\{file="identity/flip.json",line="2",column="27",'
                      r'code="INVALID_EFFECT"\} 1', metrics)
    if not place:
        raise AssertionError(f"no error with its place in:\n{metrics}")
    if "identity/flip.json:2:27: INVALID_EFFECT" not in service.log.read_text():
        raise AssertionError("no error with its place in the log")
    expect("refused reloads", service.metric('writ_policy_reloads_total{result="refused"}'), 1)
    service.write_policy("flip.json", FLIP)
    wait_for(lambda: service.metric("writ_policy_errors") == 0, "the mended file")
    load.stopping = True
    load.thread.join()
    expect("lost or wrong answers", load.wrong[:5], [])
    print(f"reload: {load.asked} requests, {load.rate:.0f} a second, {reloads} reloads and a broken "
          f"file: none lost, none decided wrongly ({load.known} while the policies were known)")
    if load.rate < service.least_rate:
        raise AssertionError(f"only {load.rate:.0f} requests a second")


def check_stop(service):
    """SIGTERM: what was asked is answered, and nothing is allowed afterwards."""
    direct = Connection(service.port)
    question = request_text("/authorize", headers=[
        "X-Forwarded-User: alice", "X-Original-Method: GET", "X-Original-URI: /documents/shared/a"])
    direct.send(question)
    expect("before the signal", direct.status(), 200)
    (service.folder / "decisions.jsonl").rename(service.folder / "rotated")
    service.process.send_signal(signal.SIGHUP)
    wait_for((service.folder / "decisions.jsonl").exists, "the new log")
    # And three that are asked below.
    service.decided = 3 + sum(service.metric(f'writ_decisions_total{{outcome="{outcome}"}}')
                              for outcome in ("allowed", "explicitDeny", "implicitDeny"))
    service.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "stopping" in service.log.read_text(), "the end to begin")
    expect("ready", service.ask("/readyz", port=service.port), 503)
    expect("healthy", service.ask("/healthz", port=service.port), 200)
    expect("while it drains", service.ask("/documents/shared/a", "alice"), 200)
    direct.send(question)
    expect("on a connection that was open", direct.status(), 200)
    wait_for(lambda: not service.answers(service.port), "no more connections to be taken")
    direct.send(question)
    expect("on the same one afterwards", direct.status(), 200)
    direct.socket.settimeout(1)  # before closeSeconds
    expect("which is closed then", direct.socket.recv(1), b"")
    expect("exit code", service.process.wait(10), 0)
    last = service.log.read_text().splitlines()[-1]
    if "stopped" not in last:
        raise AssertionError(f"the log ends with {last}")
    status = service.ask("/documents/shared/a", "alice")
    if status not in (500, 502, 503, 504):
        raise AssertionError(f"without the service nginx answers {status}")
    print(f"stop: questions on the way are answered; afterwards nginx denies ({status})")


def check_succession(service):
    """A second service takes over the path of a Unix socket while the first still ends."""
    path = service.folder / "authz.sock"
    file = service.folder / "unix.json"
    config = json.loads(service.config.read_text())
    config.update(listen="unix:authz.sock", stop={"drainSeconds": 0, "closeSeconds": 10})
    config["limits"]["idleSeconds"] = 60
    del config["log"]
    file.write_text(json.dumps(config))
    question = request_text("/authorize", headers=[
        "X-Forwarded-User: alice", "X-Original-Method: GET", "X-Original-URI: /documents/shared/a"])

    def start():
        # Elsewhere: the socket's path is relative to the configuration.
        process = subprocess.Popen([service.program, file], cwd="/", stderr=subprocess.PIPE, text=True)
        said = process.stderr.readline()
        if "listening at unix:" not in said:
            raise AssertionError(said)
        return process

    processes = [start()]
    try:
        old = Connection(path)
        old.send(question)
        expect("by the first", old.status(), 200)
        processes[0].terminate()
        wait_for(lambda: not path.exists(), "the first to leave its path")
        processes.append(start())
        old.send(question)
        expect("by the first, on its way", old.status(), 200)
        expect("exit code of the first", processes[0].wait(10), 0)
        new = Connection(path)
        new.send(question)
        expect("by the second", new.status(), 200)
        new.socket.close()
        processes[1].terminate()
        expect("exit code of the second", processes[1].wait(10), 0)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stderr.close()
    print("succession: one service takes over another's Unix socket, and keeps it")


def check_log(service):
    """Each decision is a line; with `required`, a decision that cannot be one is a denial."""
    decisions = [json.loads(line) for line in (service.folder / "rotated").open()]
    decisions += [json.loads(line) for line in (service.folder / "decisions.jsonl").open()]
    if any(line["log"] != "decision" for line in decisions):
        raise AssertionError("the log has gaps")
    expect("lines in the log", len(decisions), service.decided)
    if {line["decision"] for line in decisions} != {"allowed", "explicitDeny", "implicitDeny"}:
        raise AssertionError("the log lacks an outcome")

    config = json.loads(service.config.read_text())
    config["log"] = {"file": "/dev/full", "required": True}
    service.config.write_text(json.dumps(config))
    service.start()
    question = request_text("/authorize", headers=[
        "X-Forwarded-User: alice", "X-Original-Method: GET", "X-Original-URI: /documents/shared/a"])
    connection = Connection(service.port)

    def status():
        connection.send(question)
        return connection.status()
    wait_for(lambda: status() == 403, "denials because the disk is full")
    expect("while it is", {status() for _ in range(100)}, {403})
    if not service.metric('writ_refusals_total{reason="NotRecorded"}'):
        raise AssertionError("NotRecorded is not counted")
    service.process.terminate()
    expect("exit code", service.process.wait(10), 0)
    print(f"log: {len(decisions)} decisions in the log, across a rotation, none lost; a full disk denies")


def check_start(service):
    """A service does not begin with half its policies."""
    service.write_policy("flip.json", BROKEN)
    run = subprocess.run([service.program, service.config], stderr=subprocess.PIPE, text=True,
                         timeout=10, check=False)
    expect("exit code with a broken file", run.returncode, 2)
    if "identity/flip.json:2:27: INVALID_EFFECT" not in run.stderr:
        raise AssertionError(run.stderr)
    print("start: refused while a policy file is broken")


def main():
    program, example = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    least_rate = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    if not shutil.which("nginx"):
        print("skipped: nginx is not installed")
        return 77
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(program, example, Path(folder), least_rate)
        try:
            service.start()
            service.start_nginx()
            check_decisions(service)
            slow = Slow(service)
            check_direct(service)
            check_reload(service)
            slow.check(idle_seconds=2)
            check_stop(service)
            check_succession(service)
            check_log(service)
            check_start(service)
        except Exception:
            for name in ("server.log", "nginx.log"):
                log = Path(folder) / name
                if log.exists():
                    print(f"--- {name}\n{log.read_text()[-3000:]}")
            raise
        finally:
            service.stop_all()
    print(f"passed in {time.monotonic() - begin:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
