"""A stand-in for gcloud, curl and make: it remembers what was made, writes down every call and
fails where it is told to.

On PATH lies a short script for each tool that asks this server over loopback.
"""

import json
import re
import shutil
import socketserver
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.served import ROOT

MAKES = {"create", "create-oidc", "deploy", "import", "enable"}
TOOL = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/{port}
printf '%s\\0' "$(($# + 1))" {tool} "$@" >&3
read -r code <&3
if ((code == 0)); then cat <&3; else cat <&3 >&2; fi
exit "$code"
"""

State = dict[str, Any]
Words = list[str]
Options = dict[str, str]


class Failure(Exception):
    """What a tool says on the error output before it ends with `code`."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Fault:
    """Calls that match fail, so many times (None: always)."""

    def __init__(self, pattern: str, times: int | None, code: int) -> None:
        self.pattern, self.times, self.code = pattern, times, code

    def strike(self, line: str) -> None:
        if self.times == 0 or not re.search(self.pattern, line):
            return
        if self.times is not None:
            self.times -= 1
        raise Failure("ERROR: told to fail", self.code)


class Standin:
    """state: what exists. calls: every call, as words. objects: folder of what lies in buckets."""

    def __init__(self, objects: Path) -> None:
        self.objects = objects
        self.state: State = {
            "made": {},
            "bound": [],
            "services": {},
            "indexes": [],
            "rules": {},
            "named": {},
        }
        self.calls: list[Words] = []
        self.faults: list[Fault] = []
        self.happenings: list[tuple[str, Callable[[State], None]]] = []

    def on_call(self, pattern: str, happening: Callable[[State], None]) -> None:
        """Has something happen in the cloud whenever a call matches."""
        self.happenings.append((pattern, happening))

    def call(self, words: Words) -> tuple[int, str]:
        """The exit status of a call, and what it says."""
        self.calls.append(words)
        line = " ".join(words)
        for pattern, happening in self.happenings:
            if re.search(pattern, line):
                happening(self.state)
        try:
            for fault in self.faults:
                fault.strike(line)
            tool, rest = words[0], words[1:]
            if tool == "curl":
                return 0, curl(self.state, rest)
            return 0, gcloud(self.state, rest, self.objects) if tool == "gcloud" else ""
        except Failure as failure:
            return failure.code, f"{failure}\n"


class Server(socketserver.ThreadingTCPServer):
    """The stand-in at a port of its own, for as long as the process lives."""

    daemon_threads = True

    def __init__(self, standin: Standin) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.standin = standin
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def install(self, folder: Path, tools: Sequence[str]) -> None:
        """Puts a script for each tool into a folder."""
        for tool in tools:
            path = folder / tool
            path.write_text(TOOL.format(port=self.server_address[1], tool=tool))
            path.chmod(0o755)


class Handler(socketserver.StreamRequestHandler):
    """One call: the number of words and the words, each ended by a zero byte."""

    server: Server

    def handle(self) -> None:
        words = [self._word() for _ in range(int(self._word()))]
        with self.server.lock:
            code, said = self.server.standin.call(words)
        self.wfile.write(f"{code}\n{said}".encode())

    def _word(self) -> str:
        word = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            word += byte
        return word.decode()


def options_of(words: Words) -> Options:
    pairs = [word[2:].partition("=") for word in words if word.startswith("--")]
    return {name: value for name, _, value in pairs}


# -- gcloud


def gcloud(state: State, words: Words, objects: Path) -> str:
    options = options_of(words)
    plain = [word for word in words if not word.startswith("--")]
    line = " ".join(plain)
    if line.startswith("storage cp"):
        copy_objects(objects, plain)
        return ""
    if line.startswith("firestore indexes composite create"):
        return make_index(state, words)
    for beginning, answer in SPECIAL.items():
        if line.startswith(beginning):
            said = answer(state, plain, options) or ""
            return f"{said}\n" if said else ""
    return usual(state, plain, options)


def usual(state: State, plain: Words, options: Options) -> str:
    """Things that are made, described, changed and deleted by name."""
    verbs = [word for word in plain if word in MAKES | {"describe", "delete", "update"}]
    if "add-iam-policy-binding" in plain:
        return bind(state, plain, options)
    if not verbs:
        raise Failure(f"the stand-in does not know: {' '.join(plain)}", 64)
    verb, place = verbs[0], plain.index(verbs[0])
    name = plain[-1] if len(plain) > place + 1 else options.get("database", "")
    # An account is made by its name and known by its address.
    key = " ".join([*plain[:place], name.partition("@")[0]])
    if verb == "enable":
        state["made"].update({f"service {word}": {} for word in plain[place + 1 :]})
    elif verb in MAKES:
        if verb.startswith("create") and key in state["made"]:
            raise Failure(f"{key} already exists")
        state["made"][key] = kept(options)
    elif key not in state["made"]:
        raise Failure(f"NOT_FOUND: {key}")
    elif verb == "delete":
        del state["made"][key]
    elif verb == "update":
        state["made"][key].update(kept(options))
    return ""


def kept(options: Options) -> Options:
    """The settings of a thing; where files lie differs from run to run."""
    return {
        name: Path(value).name if value.startswith("/") else value
        for name, value in options.items()
        if name not in ("project", "quiet", "format", "async", "region", "global")
    }


def bind(state: State, plain: Words, options: Options) -> str:
    place = plain.index("add-iam-policy-binding")
    what = " ".join(plain[:place] + plain[place + 1 :])
    told = [what, options["member"], options["role"], options.get("condition", "")]
    if told not in state["bound"]:
        state["bound"] = sorted([*state["bound"], told])
    return ""


def deploy_function(state: State, plain: Words, options: Options) -> None:
    events = any(name.startswith("trigger-event") for name in options)
    if events and state["made"].get("iam service-accounts events-staging") is not None:
        require_agent(state)
    name = plain[-1]
    key = f"functions {name}"
    before = state["made"].get(key, {})
    label = options["update-labels"].partition("=")[2]
    state["made"][key] = {**before, **kept(options), "source": label}
    service = state["services"].setdefault(name, {"revisions": [], "serving": ""})
    ingress = options.get("ingress-settings", "")
    service["ingress"] = ingress.replace("gclb", "cloud-load-balancing")
    service["revisions"].append(f"{name}-{len(service['revisions']) + 1:05d}")
    if "serve-all-traffic-latest-revision" in options or not service["serving"]:
        service["serving"] = service["revisions"][-1]


def require_agent(state: State) -> None:
    """Eventarc's account must be there and allowed before the first trigger of a project."""
    allowed = [who for _, who, role, _ in state["bound"] if role == "roles/eventarc.serviceAgent"]
    if not (state.get("agents") and allowed):
        raise Failure("Permission denied while using the Eventarc Service Agent.")


def describe_function(state: State, plain: Words, options: Options) -> str:
    function = state["made"].get(f"functions {plain[-1]}")
    if function is None:
        raise Failure("NOT_FOUND")
    answers = {"value(labels.source)": function["source"], "value(state)": "ACTIVE"}
    return answers.get(options.get("format", ""), "")


def delete_function(state: State, plain: Words, options: Options) -> None:
    del state["made"][f"functions {plain[-1]}"]
    del state["services"][plain[-1]]


def describe_service(state: State, plain: Words, options: Options) -> str:
    service = state["services"].get(plain[-1])
    if service is None:
        raise Failure("NOT_FOUND")
    return {
        "value(status.latestReadyRevisionName)": service["revisions"][-1],
        "value(status.traffic[0].revisionName)": service["serving"],
        "value(status.url)": f"https://{plain[-1]}.example",
        "value(spec.template.spec.containers[0].image)": f"image-of-{plain[-1]}",
    }[options["format"]]


def update_traffic(state: State, plain: Words, options: Options) -> None:
    revision = options["to-revisions"].partition("=")[0]
    service = state["services"][plain[-1]]
    if revision not in service["revisions"]:
        raise Failure(f"NOT_FOUND: {revision}")
    service["serving"] = revision


def close_service(state: State, plain: Words, options: Options) -> None:
    state["services"][plain[-1]]["ingress"] = options["ingress"]


def list_revisions(state: State, plain: Words, options: Options) -> str:
    return "\n".join(reversed(state["services"][options["service"]]["revisions"]))


def make_index(state: State, words: Words) -> str:
    index = [word for word in words if word.startswith(("--collection", "--query", "--field"))]
    if index in state["indexes"]:
        raise Failure("ERROR: (gcloud) ALREADY_EXISTS: index already exists")
    state["indexes"].append(index)
    return ""


def list_indexes(state: State, plain: Words, options: Options) -> str:
    return "\n".join("READY" for _ in state["indexes"])


def make_named(state: State, plain: Words, options: Options) -> None:
    """Policies, channels and dashboards have names for people, or one in their file."""
    file = options.get("policy-from-file") or options.get("config-from-file")
    content = json.loads((ROOT / file).read_text()) if file else {}
    title = content.get("displayName") or options.get("display-name", "")
    if "dashboards" in plain:
        state["made"]["monitoring dashboards " + content["name"].rpartition("/")[2]] = content
    else:
        state["named"].setdefault(title, []).append(kept(options))


def list_named(state: State, plain: Words, options: Options) -> str:
    title = options["filter"].removeprefix('displayName="').removesuffix('"')
    return f"projects/p/{len(title)}" if title in state["named"] else ""


def instance_status(state: State, plain: Words, options: Options) -> str:
    key = f"compute instances {plain[-1]}"
    if key not in state["made"]:
        raise Failure("NOT_FOUND")
    return state["made"][key].get("status", "RUNNING") if "format" in options else ""


def start_instance(state: State, plain: Words, options: Options) -> None:
    state["made"][f"compute instances {plain[-1]}"]["status"] = "RUNNING"


def copy_objects(objects: Path, plain: Words) -> None:
    """gs://BUCKET/PLACE/* lies in PLACE of the folder of objects."""
    source = plain[2].partition("://")[2].partition("/")[2].removesuffix("/*")
    if not (objects / source).is_dir():
        raise Failure("ERROR: the URLs matched no objects")
    for path in sorted((objects / source).iterdir()):
        shutil.copy(path, plain[3])


def remove_bucket(state: State, plain: Words, options: Options) -> None:
    del state["made"][f"storage buckets {plain[-1]}"]


def describe_backend(state: State, plain: Words, options: Options) -> str:
    key = f"compute backend-services {plain[-1]}"
    if key not in state["made"]:
        raise Failure("NOT_FOUND")
    return state["made"][key].get("group", "") if "format" in options else ""


def make_agent(state: State, plain: Words, options: Options) -> None:
    state["agents"] = sorted({*state.get("agents", []), options["service"]})


def list_versions(state: State, plain: Words, options: Options) -> str:
    return state["made"][f"secrets {plain[-1]}"].get("version", "")


def add_version(state: State, plain: Words, options: Options) -> None:
    state["made"][f"secrets {plain[-1]}"]["version"] = "1"


def nothing(state: State, plain: Words, options: Options) -> str:
    return ""


SPECIAL: dict[str, Callable[[State, Words, Options], str | None]] = {
    "functions deploy": deploy_function,
    "functions describe": describe_function,
    "functions delete": delete_function,
    "run services describe": describe_service,
    "run services update-traffic": update_traffic,
    "run services update": close_service,
    "run revisions list": list_revisions,
    "run jobs execute": nothing,
    "firestore indexes composite list": list_indexes,
    "firestore indexes fields update": nothing,
    "alpha monitoring policies create": make_named,
    "alpha monitoring policies list": list_named,
    "beta monitoring channels create": make_named,
    "beta monitoring channels list": list_named,
    "monitoring dashboards create": make_named,
    "compute instances describe": instance_status,
    "compute instances start": start_instance,
    "compute ssh": nothing,
    "compute scp": nothing,
    "compute backend-services describe": describe_backend,
    "compute ssl-certificates describe": lambda *words: describe_certificate(*words),
    "compute backend-services add-backend": lambda state, plain, options: state["made"][
        f"compute backend-services {plain[-1]}"
    ].update(group=options["network-endpoint-group"]),
    "storage rsync": nothing,
    "storage rm": remove_bucket,
    "storage service-agent": lambda *_: "service-1@gs-project-accounts.iam.gserviceaccount.com",
    "secrets versions list": list_versions,
    "secrets versions add": add_version,
    "beta services identity create": make_agent,
    "projects describe": lambda *_: "123456",
    "auth print-access-token": lambda *_: "a-secret-token",
}


# -- curl: the API of rules, and the functions' own answers


def curl(state: State, words: Words) -> str:
    url = next(word for word in words if word.startswith("https://"))
    place = url.partition("/v1/")[2]
    rules = state["rules"]
    if "firebaserules" not in url:
        return answer_of_function(state, url)
    if "--json" not in words:
        if place not in rules:
            raise Failure("curl: (22) 404", 22)
        return json.dumps(rules[place])
    body = json.loads((ROOT / words[words.index("--json") + 1].removeprefix("@")).read_text())
    if place.endswith("/rulesets"):
        body = {**body, "name": f"{place}/{len(rules)}"}
        rules[body["name"]] = body
    else:
        body = body.get("release", body)
        rules[body["name"]] = body
    (ROOT / words[words.index("--output") + 1]).write_text(json.dumps(body))
    return ""


def answer_of_function(state: State, url: str) -> str:
    """A function whose side door is closed answers nobody but through the front door, which answers
    once it has its certificate.
    """
    host, _, path = url.removeprefix("https://").partition("/")
    target = path.partition("/")[0].partition("?")[0]
    if host in domains(state):
        names = {made["entry-point"]: key for key, made in functions_of(state).items()}
        service = state["services"].get(names.get(target, ""))
        if service is None or certificate(state) != "ACTIVE":
            raise Failure("curl: (35) TLS", 35)
        return ""
    service = state["services"].get(host.partition(".")[0])
    if service is None or service["ingress"] != "all":
        raise Failure("curl: (22) 404", 22)
    return ""


def functions_of(state: State) -> dict[str, Options]:
    made: dict[str, Options] = state["made"]
    return {
        key.removeprefix("functions "): options
        for key, options in made.items()
        if key.startswith("functions ")
    }


def domains(state: State) -> set[str]:
    return {made["domains"] for made in state["made"].values() if "domains" in made}


def certificate(state: State) -> str:
    """It comes an hour after the first deployment; a test says by `certified` that it has."""
    return "ACTIVE" if state.get("certified") else "PROVISIONING"


def describe_certificate(state: State, plain: Words, options: Options) -> str:
    if f"compute ssl-certificates {plain[-1]}" not in state["made"]:
        raise Failure("NOT_FOUND")
    return certificate(state) if "format" in options else ""
