// Looks into a .vsix: what must be there is, nothing else is, and it has a size
// that was meant.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import yauzl from 'yauzl';

const always = [
  '[Content_Types].xml', 'extension.vsixmanifest', 'extension/package.json', 'extension/out/extension.js', 'extension/out/NOTICES.txt',
  'extension/media/icon.png', 'extension/media/walkthrough/ghost.svg', 'extension/media/walkthrough/key.svg', 'extension/media/walkthrough/sent.svg',
  'extension/readme.md', 'extension/changelog.md', 'extension/LICENSE.txt',
];

// In MB. One without the server is small; one with it is about what the server
// is when it is compressed.
const most = { without: 0.5, with: 16 };

// check returns a line for people, or throws with what is wrong.
export async function check(file, target) {
  const program = target === 'universal' ? undefined : `extension/bin/claude-lsp${target.startsWith('win32') ? '.exe' : ''}`;
  const entries = await list(file);
  const want = program ? [...always, program] : always;
  const missing = want.filter((name) => !entries.has(name));
  const strange = [...entries.keys()].filter((name) => !want.includes(name));
  if (missing.length || strange.length) throw new Error(`${basename(file)} lacks [${missing}] and has [${strange}] beside what it should`);
  if (program && !target.startsWith('win32') && (entries.get(program) & 0o111) === 0) throw new Error(`${basename(file)}: ${program} cannot be executed`);
  const mb = statSync(file).size / 1e6;
  if (mb > (program ? most.with : most.without)) throw new Error(`${basename(file)} has ${mb.toFixed(1)} MB`);
  return `${basename(file)}: ${entries.size} files, ${mb.toFixed(2)} MB`;
}

// list is the names in an archive, with the mode of each file.
function list(file) {
  return new Promise((resolve, reject) => {
    const entries = new Map();
    yauzl.open(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', (entry) => {
        entries.set(entry.fileName, entry.externalFileAttributes >>> 16);
        zip.readEntry();
      });
      zip.on('end', () => resolve(entries));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}
