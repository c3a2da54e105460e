// Writes what package.json and src/settings.generated.ts say of the settings,
// from docs/settings.schema.json. With --check it only says whether they are
// current.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const section = 'claude-lsp';
const docs = 'https://github.com/claude-lsp/claude-lsp/blob/main/docs/';

// rows are the settings that do something, by key. What stands under a name of
// the user's own is one object to VS Code, and so is a list of tables.
export function rows(schema) {
  const all = [];
  const walk = (node, path) => {
    if (node['x-later']) return;
    if (node['x-trust']) all.push({ key: path.join('.'), schema: node, trust: node['x-trust'], environment: node['x-environment'] });
    else if (typeof node.additionalProperties === 'object') {
      const under = Object.values(node.additionalProperties.properties).filter((s) => !s['x-later']);
      if (under.length) all.push({ key: path.join('.'), schema: { ...node, default: {} }, trust: under[0]['x-trust'] });
    } else for (const [name, child] of Object.entries(node.properties ?? {})) walk(child, [...path, name]);
  };
  walk(schema, []);
  return all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

// property is how VS Code is told of a setting.
export function property(row) {
  const p = plain(row.schema);
  if (p.anyOf) {
    const [, other] = p.anyOf; // "auto", or a value
    delete p.anyOf;
    if (other.type === 'string') Object.assign(p, other, { pattern: `^auto$|${other.pattern}` });
    else Object.assign(p, other, { type: [other.type, 'string'], pattern: '^auto$' });
  }
  if (p.enum) Object.assign(p, { type: 'string', enum: p.enum.filter((v) => typeof v === 'string') });
  const text = row.schema.description
    .replace(/ Set in [^.]*\.( Environment: [A-Z_<>]+\.)?$/, '')
    .replace(/\]\(([a-z-]+\.md)/g, `](${docs}$1`);
  delete p.description;
  return { scope: scope(row), markdownDescription: text + whose[row.trust], ...p };
}

// plain takes off what only our own programs read, also further down.
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([k]) => !k.startsWith('x-')).map(([k, v]) => [k, plain(v)]));
}

const whose = {
  user: '\n\nYour user settings alone count: a repository cannot set it.',
  narrows: '\n\nA workspace can only narrow it.',
  editor: '',
};

// scope is where VS Code lets a setting stand. What names an endpoint, a
// credential, a command, a file or a provider never comes from a repository.
function scope(row) {
  if (row.trust === 'user' || row.key === 'claude.hedge') return 'machine';
  if (row.key === 'enabled') return 'language-overridable';
  return row.key.startsWith('log.') || row.key.startsWith('cache.') ? 'window' : 'resource';
}

const own = {
  [`${section}.path`]: {
    scope: 'machine',
    type: 'string',
    default: '',
    markdownDescription: 'The `claude-lsp` program to start. Empty: the one that came with the extension, and without one that which `PATH` finds.' + whose.user,
  },
};

export function configuration(all) {
  return { title: 'claude-lsp', properties: { ...own, ...Object.fromEntries(all.map((r) => [`${section}.${r.key}`, property(r)])) } };
}

// restricted are the settings that a workspace may set only when it is trusted.
// Those that can only narrow count everywhere, and those of the machine nowhere.
export function restricted(all) {
  return all.filter((r) => r.trust === 'editor').map((r) => `${section}.${r.key}`);
}

export function generated(all) {
  const line = (r) => `  { key: '${r.key}', trust: '${scope(r) === 'machine' ? 'user' : r.trust}', environment: '${r.environment ?? ''}', default: ${JSON.stringify(r.schema.default ?? null)} },\n`;
  return `// Made by npm run generate from docs/settings.schema.json.
import type { Row } from './settings';

export const rows: readonly Row[] = [
${all.map(line).join('')}];
`;
}

function main(check) {
  const root = join(import.meta.dirname, '..');
  const all = rows(JSON.parse(readFileSync(join(root, '../../docs/settings.schema.json'), 'utf8')));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  manifest.contributes.configuration = configuration(all);
  manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted(all);
  const files = { 'package.json': JSON.stringify(manifest, null, 2) + '\n', 'src/settings.generated.ts': generated(all) };
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    if (!check) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      console.error(`editors/vscode/${name} is not what docs/settings.schema.json says: run npm run generate there`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === import.meta.filename) main(process.argv.includes('--check'));
