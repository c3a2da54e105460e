// Packs the extension: one .vsix for each platform with the server inside, and
// one without, into out/vsix of the repository. Each is opened again and looked at.
//
//   node scripts/vsix.mjs [--version VERSION] [--target TARGET [--binary FILE]]
//
// A target is the name of a platform as vsce knows it, or "universal". With
// --binary the server is not built but taken from there.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './checkvsix.mjs';

const root = join(import.meta.dirname, '..');
const repository = join(root, '../..');
const out = join(repository, 'out/vsix');
const platforms = {
  'linux-x64': ['linux', 'amd64'],
  'linux-arm64': ['linux', 'arm64'],
  'darwin-x64': ['darwin', 'amd64'],
  'darwin-arm64': ['darwin', 'arm64'],
  'win32-x64': ['windows', 'amd64'],
  'win32-arm64': ['windows', 'arm64'],
};

const { values } = parseArgs({ options: { version: { type: 'string', default: 'unknown' }, target: { type: 'string' }, binary: { type: 'string' } } });
const targets = values.target ? [values.target] : ['universal', ...Object.keys(platforms)];
mkdirSync(out, { recursive: true });
for (const target of targets) {
  rmSync(join(root, 'bin'), { recursive: true, force: true });
  if (target !== 'universal') server(target);
  const file = join(out, `claude-lsp-${target}.vsix`);
  const args = ['package', '--no-dependencies', '--no-update-package-json', '--allow-unused-files-pattern', '--out', file, ...(target === 'universal' ? [] : ['--target', target])];
  execFileSync(process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(await check(file, target));
}
rmSync(join(root, 'bin'), { recursive: true, force: true });

function server(target) {
  const platform = platforms[target];
  if (!platform) throw new Error(`${target} is none of ${Object.keys(platforms).join(', ')}, universal`);
  const [os, arch] = platform;
  const to = join(root, 'bin', os === 'windows' ? 'claude-lsp.exe' : 'claude-lsp');
  mkdirSync(join(root, 'bin'), { recursive: true });
  if (values.binary) copyFileSync(values.binary, to);
  else {
    execFileSync(process.env.GO ?? 'go', ['build', '-trimpath', '-ldflags', `-s -w -X main.version=${values.version}`, '-o', to, './cmd/claude-lsp'],
      { cwd: repository, env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch }, stdio: 'inherit' });
  }
  chmodSync(to, 0o755);
  copyFileSync(join(repository, 'THIRD-PARTY-NOTICES'), join(root, 'bin/THIRD-PARTY-NOTICES')); // of what is compiled into it
}
