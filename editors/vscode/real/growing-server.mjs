#!/usr/bin/env node
// A scripted server for the tests of the extension: its answer grows by a line
// whenever the file GROW has one more byte, and is whole at "." in it. It counts
// the requests it had in the file ASKED.
import { appendFileSync, readFileSync } from 'node:fs';

const { GROW, ASKED } = process.env;
const lines = ['urn add(', '\ta,', '\tb,', ')'];
const documents = new Map();
let pending; // the request that is being answered

function send(message) {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const item = (n, at) => ({
  insertText: lines.slice(0, n).join('\n'),
  range: { start: at, end: at },
  command: { title: 'Accepted', command: 'claude-lsp.accept', arguments: ['grown'] },
});

setInterval(() => {
  if (!pending) return;
  const said = readFileSync(GROW, 'utf8');
  const { id, params, sent } = pending;
  const n = said.replace('.', '').length;
  if (n > sent) {
    pending.sent = n;
    send({ method: 'claude-lsp/inlineCompletionProgress', params: { textDocument: { uri: params.textDocument.uri, version: documents.get(params.textDocument.uri) }, position: params.position, item: item(n, params.position) } });
  }
  if (said.endsWith('.')) {
    pending = undefined;
    send({ id, result: { items: [item(lines.length, params.position)] } });
  }
}, 10);

const does = {
  initialize: ({ id, params }) => {
    if (!params.capabilities.experimental?.claudeLsp?.inlineCompletionProgress) process.exit(9);
    send({ id, result: { capabilities: { textDocumentSync: 2, inlineCompletionProvider: true, executeCommandProvider: { commands: ['claude-lsp.accept'] } } } });
  },
  'claude-lsp/status': ({ id }) => send({ id, result: { state: 'ready', provider: 'scripted', model: 'scripted', trouble: null, costToday: 0, shown: 0, accepted: 0 } }),
  'textDocument/didOpen': ({ params }) => documents.set(params.textDocument.uri, params.textDocument.version),
  'textDocument/didChange': ({ params }) => {
    documents.set(params.textDocument.uri, params.textDocument.version);
    if (pending) send({ id: pending.id, error: { code: -32801, message: 'the text moved on' } });
    pending = undefined;
  },
  '$/cancelRequest': ({ params }) => {
    if (pending?.id === params.id) send({ id: params.id, error: { code: -32800, message: 'cancelled' } });
    if (pending?.id === params.id) pending = undefined;
  },
  'textDocument/inlineCompletion': (m) => {
    appendFileSync(ASKED, `${JSON.stringify(m.params.position)}\n`);
    if (pending) send({ id: pending.id, error: { code: -32802, message: 'superseded' } });
    pending = { id: m.id, params: m.params, sent: 0 };
  },
  exit: () => process.exit(0),
};

let input = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (;;) {
    const end = input.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(input.subarray(0, end).toString())?.[1]);
    if (input.length < end + 4 + length) return;
    const message = JSON.parse(input.subarray(end + 4, end + 4 + length).toString());
    input = input.subarray(end + 4 + length);
    if (does[message.method]) does[message.method](message);
    else if (message.id !== undefined && message.method) send({ id: message.id, result: null });
  }
});
process.stdin.on('end', () => process.exit(0));
