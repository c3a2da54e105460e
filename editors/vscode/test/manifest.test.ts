import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { scope: string; markdownDescription: string }> };
    walkthroughs: { steps: { description: string }[] }[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;

test('the settings are those of docs/settings.schema.json', () => {
  execFileSync(process.execPath, ['scripts/settings.mjs', '--check'], { stdio: 'pipe' });
});

// DESIGN: what names an endpoint, a credential, a command, a file, a listening
// address or a provider never comes from a repository.
test('no repository can set where things go', () => {
  const { properties } = manifest.contributes.configuration;
  const sensitive = Object.keys(properties).filter((k) => /path$|baseURL|credentials|standby|provider|fallback|file$|listen|redact|hedge/i.test(k));
  assert.ok(sensitive.length > 20);
  for (const key of sensitive) assert.equal(properties[key]?.scope, 'machine', key);
});

test('a workspace that is not trusted sets nothing that is not a narrowing', () => {
  const { properties } = manifest.contributes.configuration;
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  for (const [key, p] of Object.entries(properties)) {
    const narrows = p.markdownDescription.includes('A workspace can only narrow it.');
    assert.equal(restrictedConfigurations.includes(key), p.scope !== 'machine' && !narrows, key);
  }
});

test('every command that is named is there', () => {
  const ids = new Set(manifest.contributes.commands.map((c) => c.command));
  const named = [...text.matchAll(/(?:command:|onCommand:|"command": ")(claude-lsp\.[A-Za-z]+)/g)].map((m) => m[1] as string);
  assert.ok(named.length > ids.size);
  for (const id of named) assert.ok(ids.has(id), id);
  const source = readFileSync('src/commands.ts', 'utf8');
  for (const id of ids) assert.match(source, new RegExp(`^    ${id.replace('claude-lsp.', '')}: `, 'm'), id);
});

test('the lock file names no registry', () => {
  assert.doesNotMatch(readFileSync('package-lock.json', 'utf8'), /"resolved"/);
});
