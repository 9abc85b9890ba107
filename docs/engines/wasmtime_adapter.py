#!/usr/bin/env python3
"""Connects Wasmtime, as PyPI has it (`pip install wasmtime`), to Lockstep:

    lockstep conform --engine 'process:python3 docs/engines/wasmtime_adapter.py'

The protocol is described in docs/engine-protocol.md. All that is here is all that an engine needs.
"""
import base64
import importlib.metadata
import json
import sys
import wasmtime as wt

CLASSES = {
    "UNREACHABLE": "unreachable", "INTEGER_DIVISION_BY_ZERO": "division-by-zero",
    "INTEGER_OVERFLOW": "integer-overflow", "BAD_CONVERSION_TO_INTEGER": "invalid-conversion",
    "MEMORY_OUT_OF_BOUNDS": "memory-out-of-bounds", "TABLE_OUT_OF_BOUNDS": "table-out-of-bounds",
    "ARRAY_OUT_OF_BOUNDS": "array-out-of-bounds", "NULL_REFERENCE": "null-reference",
    "INDIRECT_CALL_TO_NULL": "null-reference", "CAST_FAILURE": "cast-failure", "BAD_SIGNATURE": "cast-failure",
}
config = wt.Config()
for name in ("gc", "function_references", "exceptions", "tail_call", "memory64", "multi_memory", "threads"):
    setattr(config, "wasm_" + name, True)
engine = wt.Engine(config)
store, modules, instances = wt.Store(engine), {}, {}

def export(request, kind):
    return instances[request["instance"]].exports(store)[request[kind]]

def argument(ty, arg):
    (kind, content), = arg.items()
    if kind in ("i32", "i64"):  # any 64 bits; Python wants them with a sign
        bits = int(kind[1:])
        return (int(content) + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
    return content if kind == "extern" else None

def call(func, args):
    ty = func.type(store)
    results = func(store, *(argument(ty, arg) for ty, arg in zip(ty.params, args)))
    results = [results] if len(ty.results) == 1 else results or []
    return [value(str(ty), result) for ty, result in zip(ty.results, results)]

def value(ty, result):
    return {ty: str(result)} if ty in ("i32", "i64") else {"ref": "null"} if result is None else {"extern": result}

def answer(op, request):
    global store, modules, instances
    if op == "hello":
        version = importlib.metadata.version("wasmtime")
        return {"hello": {"protocol": 1, "name": "wasmtime-py", "version": version, "boundary": "numeric"}}
    if op == "open":
        store, modules, instances = wt.Store(engine), {}, {}
    elif op == "load":
        try:
            modules[request["module"]] = wt.Module(engine, base64.b64decode(request["bytes"]))
        except wt.WasmtimeError as error:
            return {"rejected": str(error)}
    elif op == "instantiate":
        imports = []
        for i in modules[request["module"]].imports:
            exports = instances[request["imports"][i.module]].exports(store) if i.module in request["imports"] else {}
            if i.name not in exports:
                return {"unlinkable": {"kind": "unknown", "text": f"{i.module}.{i.name}"}}
            imports.append(exports[i.name])
        instances[request["instance"]] = wt.Instance(store, modules[request["module"]], imports)
    elif op == "invoke":
        return {"values": call(export(request, "function"), request["args"])}
    elif op == "each":
        (kind, count), = call(export(request, "count"), [])[0].items()
        return {"lists": [call(export(request, "function"), [{kind: i}]) for i in range(int(count))]}
    elif op == "memory":
        memory = export(request, "memory")
        content = base64.b64encode(bytes(memory.read(store)).rstrip(b"\0")).decode()
        return {"memory": {"length": memory.data_len(store), "bytes": content}}
    elif op == "batch":
        answers = []
        for one in request["requests"]:
            answers.append(attempt(one))
            if one.get("must") and answers[-1] != "ok" or "exhausted" in answers[-1] or "limit" in answers[-1]:
                break
        return {"answers": answers}
    return "ok" if op in ("open", "load", "instantiate") else {"unsupported": op}

def attempt(request):
    try:
        return answer(request["op"], request)
    except wt.Trap as trap:
        if trap.trap_code is None and "thrown Wasm exception" in trap.message:
            return {"exception": {}}
        name = trap.trap_code.name if trap.trap_code else ""
        if name in ("STACK_OVERFLOW", "ALLOCATION_TOO_LARGE"):
            return {"exhausted": "stack" if name == "STACK_OVERFLOW" else "memory"}
        return {"trap": {"class": [CLASSES[name]] if name in CLASSES else [], "text": trap.message}}
    except wt.WasmtimeError as error:
        return {"unlinkable": {"text": str(error)}} if "import type" in str(error) else {"limit": str(error)}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"id": request["id"], "answer": attempt(request)}), flush=True)
