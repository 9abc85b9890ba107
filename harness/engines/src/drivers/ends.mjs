// What each driver begins with: the name of the engine, lines of JSON in and out, and how something ended that did not do
// what it should.

import { readSync, writeSync } from "node:fs";
import { Buffer } from "node:buffer";

const engine =
  typeof globalThis.Deno !== "undefined"
    ? { name: "deno", version: globalThis.Deno.version.deno, details: "V8 " + globalThis.Deno.version.v8 }
    : typeof globalThis.Bun !== "undefined"
      ? { name: "bun", version: globalThis.Bun.version, details: "JavaScriptCore" }
      : { name: "node", version: process.versions.node, details: "V8 " + process.versions.v8 };

// The requests on standard input, one on each line.
function* requests() {
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
      yield JSON.parse(line);
    }
    if (begin < length) pieces.push(Buffer.from(chunk.subarray(begin, length)));
  }
}

// Writes a line to standard output.
function write(line) {
  const data = Buffer.from(JSON.stringify(line) + "\n");
  for (let written = 0; written < data.length; ) {
    try {
      written += writeSync(1, data, written);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

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
  // Where a thread may block, only a memory that is not shared is a reason.
  [/^Atomics\.wait cannot be called in this context/, "expected-shared"],
  [/memory access out of bounds|data segment( \d+)?( is)? out of bounds/, "memory-out-of-bounds"],
  [/array element access out of bounds/, "array-out-of-bounds"],
  // Where an access is outside of both, V8 looks at the segment first.
  [/^element segment out of bounds/, ["table-out-of-bounds", "array-out-of-bounds"]],
  [/table index is out of bounds|table initializer .*out of bounds|element segment( \d+)?( is)? out of bounds/, "table-out-of-bounds"],
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

// The exception that `end` saw last.
let thrown;
