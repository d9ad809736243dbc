"""writ from Python, by ctypes alone: nothing to build, one file to copy.

    policies = Policies()
    policies.add(PolicySet("identity", {"ReadReports": text}))
    request = Request("arn:aws:iam::111122223333:user/Alice", "s3:GetObject", arn, {"aws:username": "Alice"})
    policies.evaluate(request).allowed

Loads libwrit.so.0, or what the environment variable WRIT_LIBRARY names. docs/c-interface.md tells what
holds for the functions behind it. Objects free what they hold; sets may be shared between policies.
"""

import ctypes
import json
import os

TYPES = ("scp", "rcp", "resource", "trust", "identity", "boundary", "session", "endpoint")
OUTCOMES = ("implicitDeny", "explicitDeny", "allowed")
CALLERS = ("Anonymous", "Arn", "Service", "Federated", "CanonicalUser")
NONE = 0xFFFFFFFF


class _Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class _Error(ctypes.Structure):
    _fields_ = [
        ("status", ctypes.c_uint32),
        ("offset", ctypes.c_uint32),
        ("line", ctypes.c_uint32),
        ("column", ctypes.c_uint32),
        ("name", ctypes.c_char * 48),
        ("rule", ctypes.c_char * 16),
        ("json_pointer", ctypes.c_char * 256),
        ("message", ctypes.c_char * 688),
    ]


class _Decision(ctypes.Structure):
    _fields_ = [
        ("outcome", ctypes.c_uint32),
        ("layer", ctypes.c_uint32),
        ("level", ctypes.c_uint32),
        ("document", ctypes.c_uint32),
        ("statement", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("reason", ctypes.c_char_p),
        ("rule", ctypes.c_char_p),
    ]


_library = ctypes.CDLL(os.environ.get("WRIT_LIBRARY", "libwrit.so.0"))
_handle = ctypes.c_void_p
_out = ctypes.POINTER(_handle)
_error = ctypes.POINTER(_Error)
_u32 = ctypes.c_uint32


def _declare(name, result, *arguments):
    function = getattr(_library, "writ_" + name)
    function.restype = result
    function.argtypes = arguments
    return function


_c_version = _declare("c_version", _u32)
if _c_version() != 1:
    raise ImportError(f"this file speaks version 1 of writ's C interface, the library version {_c_version()}")
_parse = _declare("parse", _u32, _u32, _Text, _Text, _out, _error)
_document_free = _declare("document_free", None, _handle)
_compile = _declare("compile", _u32, _u32, _out, ctypes.c_size_t, _out, _error)
_policy_set_free = _declare("policy_set_free", None, _handle)
_policies_new = _declare("policies_new", _u32, _out, _error)
_policies_add = _declare("policies_add", _u32, _handle, _handle, _u32, _error)
_policies_free = _declare("policies_free", None, _handle)
_builder_new = _declare("request_builder_new", _u32, _u32, _Text, _Text, _Text, _out, _error)
_request_set = _declare("request_set", None, _handle, _Text, _Text)
_request_set_list = _declare("request_set_list", None, _handle, _Text, ctypes.POINTER(_Text), ctypes.c_size_t)
_set_role_arn = _declare("request_set_role_arn", None, _handle, _Text)
_set_issuer = _declare("request_set_issuer", None, _handle, _Text)
_set_resource_account = _declare("request_set_resource_account", None, _handle, _Text)
_set_policy_required = _declare("request_set_resource_policy_required", None, _handle, ctypes.c_int)
_request_build = _declare("request_build", _u32, _handle, _out, _error)
_builder_free = _declare("request_builder_free", None, _handle)
_request_free = _declare("request_free", None, _handle)
_evaluate = _declare("evaluate", _u32, _handle, _handle, ctypes.POINTER(_Decision))
_explain = _declare("explain_json", _u32, _handle, _handle, _out, ctypes.POINTER(ctypes.c_size_t), _error)
_string_free = _declare("string_free", None, _handle)


class WritError(Exception):
    """What was refused: `name` and `rule` are stable, `line` and `column` count from 1 (0: no place)."""

    def __init__(self, error):
        self.name = error.name.decode()
        self.rule = error.rule.decode()
        self.line, self.column = error.line, error.column
        self.json_pointer = error.json_pointer.decode("utf-8", "replace")
        self.message = error.message.decode("utf-8", "replace")
        super().__init__(f"{self.line}:{self.column}: {self.name}: {self.message} [{self.rule}]")


def _text(value):
    # Bytes keep their length, so that a zero byte does not end them.
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return _Text(data, len(data))


def _made(function, *arguments):
    result, error = _handle(), _Error()
    if function(*arguments, ctypes.byref(result), ctypes.byref(error)) != 0:
        raise WritError(error)
    return result


class PolicySet:
    """Documents of one kind, compiled: `documents` maps names to texts. Immutable."""

    def __init__(self, kind, documents):
        self._handle = None
        number = TYPES.index(kind)
        parsed = []
        try:
            for name, text in documents.items():
                parsed.append(_made(_parse, number, _text(name), _text(text)))
            array = (_handle * len(parsed))(*(document.value for document in parsed))
            self._handle = _made(_compile, number, array, len(parsed))
        finally:
            for document in parsed:
                _document_free(document)

    def __del__(self):
        if self._handle:
            _policy_set_free(self._handle)


class Request:
    """One question. `context` maps condition keys to a text, or to a list for multi-valued keys."""

    def __init__(self, caller, action, resource="*", context=None, *, kind="Arn", role_arn=None,
                 issuer=None, resource_account=None, resource_policy_required=None):
        self._handle = None
        builder = _made(_builder_new, CALLERS.index(kind), _text(caller), _text(action), _text(resource))
        try:
            for key, value in (context or {}).items():
                if isinstance(value, (str, bytes)):
                    _request_set(builder, _text(key), _text(value))
                else:
                    values = (_Text * len(value))(*map(_text, value))
                    _request_set_list(builder, _text(key), values, len(value))
            if role_arn is not None:
                _set_role_arn(builder, _text(role_arn))
            if issuer is not None:
                _set_issuer(builder, _text(issuer))
            if resource_account is not None:
                _set_resource_account(builder, _text(resource_account))
            if resource_policy_required is not None:
                _set_policy_required(builder, int(resource_policy_required))
            self._handle = _made(_request_build, builder)
        finally:
            _builder_free(builder)

    def __del__(self):
        if self._handle:
            _request_free(self._handle)


class Decision:
    """`outcome` is one of OUTCOMES; `statement` is (kind, level, document, statement) or None."""

    def __init__(self, decision):
        # Whatever a later library may say, only this one word allows.
        self.outcome = OUTCOMES[decision.outcome] if decision.outcome < len(OUTCOMES) else OUTCOMES[0]
        self.allowed = self.outcome == "allowed"
        self.reason = decision.reason.decode()
        self.rule = decision.rule.decode()
        self.statement = None
        if decision.document != NONE:
            self.statement = (TYPES[decision.layer], decision.level, decision.document, decision.statement)


class Policies:
    """Everything that applies to requests."""

    def __init__(self):
        self._handle = None
        self._handle = _made(_policies_new)

    def add(self, policy_set, level=0):
        """Adds a set to the layer of its kind; `level` counts for `scp` and `rcp`, 0 is the root's."""
        error = _Error()
        if _policies_add(self._handle, policy_set._handle, level, ctypes.byref(error)) != 0:
            raise WritError(error)

    def evaluate(self, request):
        """The decision. Any number of threads."""
        decision = _Decision()
        _evaluate(self._handle, request._handle, ctypes.byref(decision))
        return Decision(decision)

    def explain(self, request):
        """Why, as the object that Explanation::to_json describes."""
        text, size, error = _handle(), ctypes.c_size_t(), _Error()
        if _explain(self._handle, request._handle, ctypes.byref(text), ctypes.byref(size), ctypes.byref(error)) != 0:
            raise WritError(error)
        try:
            return json.loads(ctypes.string_at(text.value, size.value))
        finally:
            _string_free(text)

    def __del__(self):
        if self._handle:
            _policies_free(self._handle)
