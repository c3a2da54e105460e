// Bundles the extension into out/, or with --test the tests into out/test.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const test = process.argv.includes('--test');
const tests = () => readdirSync(join(root, 'test')).filter((f) => f.endsWith('.test.ts')).map((f) => `test/${f}`);

if (test) rmSync(join(root, 'out/test'), { recursive: true, force: true }); // or a test that is gone would still run
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: test ? tests() : ['src/extension.ts'],
  outdir: test ? 'out/test' : 'out',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  minify: !test,
  sourcemap: test ? 'inline' : false,
  legalComments: 'none', // the notices have the whole licences
  metafile: true,
  logLevel: 'warning',
});
if (!test) writeFileSync(join(root, 'out/NOTICES.txt'), notices(Object.keys(metafile.inputs)));

// notices are the licences of what was bundled, by package.
function notices(inputs) {
  const packages = new Set(inputs.map((f) => /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(f)?.[1]).filter(Boolean));
  let text = 'This extension holds code of the packages below, under these licences.\n';
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((f) => /^licen[cs]e/i.test(f));
    if (!file || !existsSync(join(root, folder, file))) throw new Error(`${name} has no licence file`);
    text += `\n--- ${name} ${version} (${license}) ---\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  }
  return text;
}
