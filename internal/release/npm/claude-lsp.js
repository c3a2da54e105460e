#!/usr/bin/env node
// Starts the binary that npm has installed for this platform. Standard input
// and output are the binary's own, so nothing stands between it and the editor.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const name = `@claude-lsp/${process.platform}-${process.arch}`;
const file = process.platform === 'win32' ? 'claude-lsp.exe' : 'claude-lsp';

let binary;
try {
	binary = require.resolve(`${name}/bin/${file}`);
} catch {
	console.error(`claude-lsp: the package ${name} is not installed.`);
	console.error('If npm left optional dependencies out (--omit=optional, --no-optional), install again with them.');
	console.error('Otherwise there is no binary for this platform: https://github.com/claude-lsp/claude-lsp/blob/main/docs/install.md');
	process.exit(1);
}

const child = spawn(binary, process.argv.slice(2), { stdio: 'inherit', windowsHide: true });
child.on('error', (error) => {
	console.error(`claude-lsp: ${error.message}`);
	process.exit(1);
});
// An editor that ends the server ends this process: hand it on, and wait.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => child.kill(signal));
}
child.on('exit', (code, signal) => {
	process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
