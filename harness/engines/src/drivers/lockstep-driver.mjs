// Connects a JavaScript engine to Lockstep. It reads requests from standard input and writes answers to standard
// output, a line of JSON each; see docs/engine-protocol.md. It runs in Node, Deno and Bun.
//
// It asks for the boundary `numeric`: all that it passes in and out of WebAssembly is i32, i64 and externref.

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

for (const request of requests()) write({ id: request.id, answer: answerTo(request) });
