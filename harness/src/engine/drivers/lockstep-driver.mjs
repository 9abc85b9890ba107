// Connects a JavaScript engine to Lockstep. It reads requests from standard input and writes answers to standard
// output, a line of JSON each; see docs/engine-protocol.md. It runs in Node, Deno and Bun.
//
// It asks for the boundary `numeric`: all that it passes in and out of WebAssembly is i32, i64 and externref.

import { readSync, writeSync } from "node:fs";
import { Buffer } from "node:buffer";

const engine =
  typeof globalThis.Deno !== "undefined"
    ? { name: "deno", version: globalThis.Deno.version.deno, details: "V8 " + globalThis.Deno.version.v8 }
    : typeof globalThis.Bun !== "undefined"
      ? { name: "bun", version: globalThis.Bun.version, details: "JavaScriptCore" }
      : { name: "node", version: process.versions.node, details: "V8 " + process.versions.v8 };

// What the texts of traps mean. Each engine has its own, and they change between versions: the first that fits counts.
const TRAPS = [
  // V8
  [/divide by zero|remainder by zero/, "division-by-zero"],
  [/divide result unrepresentable/, "integer-overflow"],
  [/float unrepresentable in integer range/, ["integer-overflow", "invalid-conversion"]],
  [/^null function or function signature mismatch/, ["null-reference", "cast-failure"]],
  [/^null function/, "null-reference"],
  [/^function signature mismatch/, ["null-reference", "cast-failure"]],
  [/unaligned/i, "unaligned-atomic"],
  [/memory access out of bounds|data segment( \d+ is)? out of bounds/, "memory-out-of-bounds"],
  [/array element access out of bounds/, "array-out-of-bounds"],
  // Where an access is outside of both, V8 looks at the segment first.
  [/^element segment out of bounds/, ["table-out-of-bounds", "array-out-of-bounds"]],
  [/table index is out of bounds|table initializer .*out of bounds|element segment( \d+ is)? out of bounds/, "table-out-of-bounds"],
  [/table access out of bounds|table or element .*out of bounds/, "table-out-of-bounds"],
  [/dereferencing a null pointer|rethrowing null value/, "null-reference"],
  [/illegal cast/, "cast-failure"],
  [/^unreachable$/, "unreachable"],
  // JavaScriptCore
  [/^Division by zero/, "division-by-zero"],
  [/^Out of bounds memory access|^Invalid data segment initialization/, "memory-out-of-bounds"],
  [/^Out of bounds table access|^Out of bounds call_indirect|^Element is trying to set an out of bounds table/, "table-out-of-bounds"],
  [/^Out of bounds array\.init_data/, ["array-out-of-bounds", "memory-out-of-bounds"]],
  [/^Out of bounds array\.init_elem/, ["array-out-of-bounds", "table-out-of-bounds"]],
  [/^Out of bounds array\./, "array-out-of-bounds"],
  // The same text where there is too little memory.
  [/^Out of bounds or failed to allocate in array\.new_data/, "memory-out-of-bounds"],
  [/^Out of bounds or failed to allocate in array\.new_elem/, "table-out-of-bounds"],
  [/^Out of bounds Trunc operation/, ["integer-overflow", "invalid-conversion"]],
  [/^Integer overflow/, "integer-overflow"],
  [/^call_indirect to a signature that does not match/, ["null-reference", "cast-failure"]],
  // Also where a cast of null fails and meets the fault of reading through it.
  [/^access to a null reference/, ["null-reference", "cast-failure"]],
  [/null reference|null table entry/, "null-reference"],
  [/^ref\.cast failed/, "cast-failure"],
  [/^Unreachable code should not be executed/, "unreachable"],
  // SpiderMonkey
  [/^integer divide by zero/, "division-by-zero"],
  [/^integer overflow/, "integer-overflow"],
  [/^invalid conversion to integer/, "invalid-conversion"],
  [/^indirect call to null|^dereferencing null pointer/, "null-reference"],
  [/^indirect call signature mismatch|^bad cast/, "cast-failure"],
  [/^index out of bounds/, ["memory-out-of-bounds", "array-out-of-bounds", "table-out-of-bounds"]],
  [/^unreachable executed/, "unreachable"],
];

// Where a module is refused for its size and not for what it says.
const LIMITS = /implementation limit|internal limit|maximum .* allowed|size .* exceed|too (big|large|many)|out of memory/i;

let modules = [];
let instances = [];
// References of the host: an object for each number.
const hosts = new Map();
const numbers = new WeakMap();

function host(number) {
  let object = hosts.get(number);
  if (object === undefined) {
    object = Object.freeze({ host: number });
    hosts.set(number, object);
    numbers.set(object, number);
  }
  return object;
}

function toValue(value) {
  if (value.i32 !== undefined) return Number(value.i32) | 0;
  if (value.i64 !== undefined) return BigInt(value.i64);
  if (value.extern !== undefined && value.extern !== null) return host(value.extern);
  if (value.ref === "null") return null;
  throw new Misuse("not a value of this boundary: " + JSON.stringify(value));
}

function fromValue(value) {
  switch (typeof value) {
    case "number":
      return { i32: String(value >>> 0) };
    case "bigint":
      return { i64: String(BigInt.asUintN(64, value)) };
    default: {
      if (value === null) return { ref: "null" };
      const number = typeof value === "object" ? numbers.get(value) : undefined;
      return { extern: number === undefined ? null : number };
    }
  }
}

function fromValues(result) {
  if (result === undefined) return [];
  return Array.isArray(result) ? result.map(fromValue) : [fromValue(result)];
}

class Misuse extends Error {}

// How something ended that did not do what it should.
function end(error) {
  // JavaScriptCore adds the expression of this driver.
  const text = String((error && error.message) || error).replace(/ \(evaluating '.*'\)$/s, "");
  if (error instanceof Misuse) return { misuse: text };
  if (error instanceof WebAssembly.CompileError) return LIMITS.test(text) ? { limit: text } : { rejected: text };
  if (error instanceof WebAssembly.LinkError) return { unlinkable: { text } };
  if (WebAssembly.Exception !== undefined && error instanceof WebAssembly.Exception) {
    thrown = error;
    return { exception: {} };
  }
  if (/call stack|too much recursion/i.test(text)) return { exhausted: "stack" };
  if (error instanceof WebAssembly.RuntimeError) {
    if (/too large|out of memory|could not allocate|allocation/i.test(text)) return { exhausted: "memory" };
    const bare = text.replace(/^WebAssembly\.\w+\(\): /, "");
    const trap = TRAPS.find(([pattern]) => pattern.test(bare));
    return { trap: { class: trap ? [].concat(trap[1]) : [], text } };
  }
  if (error instanceof RangeError) return { exhausted: "memory" };
  // An import that is no module at all.
  if (error instanceof TypeError && /import/i.test(text)) return { unlinkable: { text } };
  return { crash: `${(error && error.name) || typeof error}: ${text}` };
}

let thrown;
const rethrow = Object.freeze({
  rethrow() {
    throw thrown;
  },
});

function instance(number) {
  const found = instances[number];
  if (found === undefined) throw new Misuse(`there is no instance ${number}`);
  return found;
}

function exported(request, name) {
  const exports = instance(request.instance).exports;
  const found = exports[name];
  if (found === undefined) throw new Misuse(`there is no export ${JSON.stringify(name)}`);
  return found;
}

function func(request, name) {
  const found = exported(request, name);
  if (typeof found !== "function") throw new Misuse(`the export ${JSON.stringify(name)} is not a function`);
  return found;
}

// All of a memory but the zeros at its end.
function bytes(memory) {
  const buffer = memory.buffer;
  const words = new BigUint64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
  const all = new Uint8Array(buffer);
  let used = all.length;
  if (used % 8 === 0) {
    let word = words.length;
    while (word > 0 && words[word - 1] === 0n) word--;
    used = word * 8;
  }
  while (used > 0 && all[used - 1] === 0) used--;
  // A shared memory is copied: it cannot be looked at as it is everywhere.
  const content = Buffer.from(all.slice(0, used));
  return { length: String(all.length), bytes: content.toString("base64") };
}

const operations = {
  hello() {
    return {
      hello: { protocol: 1, ...engine, boundary: "numeric", rethrow: true },
    };
  },
  open() {
    modules = [];
    instances = [];
    thrown = undefined;
    return "ok";
  },
  load(request) {
    modules[request.module] = new WebAssembly.Module(Buffer.from(request.bytes, "base64"));
    return "ok";
  },
  instantiate(request) {
    const module = modules[request.module];
    if (module === undefined) throw new Misuse(`there is no module ${request.module}`);
    const imports = Object.create(null);
    for (const name in request.imports) imports[name] = instance(request.imports[name]).exports;
    if (request.rethrow !== undefined) imports[request.rethrow] = rethrow;
    instances[request.instance] = new WebAssembly.Instance(module, imports);
    return "ok";
  },
  invoke(request) {
    return { values: fromValues(func(request, request.function)(...request.args.map(toValue))) };
  },
  each(request) {
    const get = func(request, request.function);
    const count = func(request, request.count)();
    if (count > 1000000) return { limit: `${count} elements` };
    const lists = [];
    if (typeof count === "bigint") for (let i = 0n; i < count; i++) lists.push(fromValues(get(i)));
    else for (let i = 0; i < count; i++) lists.push(fromValues(get(i)));
    return { lists };
  },
  memory(request) {
    const memory = exported(request, request.memory);
    if (!(memory instanceof WebAssembly.Memory)) throw new Misuse("not a memory");
    return { memory: bytes(memory) };
  },
  batch(request) {
    const answers = [];
    for (const one of request.requests) {
      const answer = answerTo(one);
      answers.push(answer);
      if (one.must && answer !== "ok") break;
      if (answer.exhausted !== undefined || answer.limit !== undefined || answer.crash !== undefined) break;
    }
    return { answers };
  },
};

function answerTo(request) {
  const operation = Object.hasOwn(operations, request.op) ? operations[request.op] : undefined;
  if (operation === undefined) return { unsupported: `the request ${JSON.stringify(request.op)}` };
  try {
    return operation(request);
  } catch (error) {
    return end(error);
  }
}

function write(text) {
  const data = Buffer.from(text + "\n");
  for (let written = 0; written < data.length; ) {
    try {
      written += writeSync(1, data, written);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

// One request after the other, for as long as there are any.
const chunk = Buffer.alloc(1 << 16);
let pieces = [];
for (;;) {
  let length;
  try {
    length = readSync(0, chunk, 0, chunk.length, null);
  } catch (error) {
    if (error.code === "EAGAIN") continue;
    if (error.code === "EOF") break;
    throw error;
  }
  if (length === 0) break;
  let begin = 0;
  for (let stop; (stop = chunk.indexOf(10, begin)) !== -1 && stop < length; begin = stop + 1) {
    pieces.push(Buffer.from(chunk.subarray(begin, stop)));
    const line = Buffer.concat(pieces).toString();
    pieces = [];
    const request = JSON.parse(line);
    write(JSON.stringify({ id: request.id, answer: answerTo(request) }));
  }
  if (begin < length) pieces.push(Buffer.from(chunk.subarray(begin, length)));
}
