// Looks into a .vsix: what must be there is, nothing else is, it has a size that
// was meant, and what it says of itself and the program in it are for the
// platform that it is named after.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import yauzl from 'yauzl';
import { platformOf } from './executable.mjs';

const always = [
  '[Content_Types].xml', 'extension.vsixmanifest', 'extension/package.json', 'extension/out/extension.js', 'extension/out/NOTICES.txt',
  'extension/media/icon.png', 'extension/media/walkthrough/ghost.svg', 'extension/media/walkthrough/key.svg', 'extension/media/walkthrough/sent.svg',
  'extension/readme.md', 'extension/changelog.md', 'extension/LICENSE.txt',
];

// In MB. One without the server is small; one with it is about what the server
// is when it is compressed.
const most = { without: 0.5, with: 16 };
const least = { without: 0.05, with: 4 };

// check returns a line for people, or throws with what is wrong.
export async function check(file, target) {
  const name = basename(file);
  const wrong = (what) => { throw new Error(`${name} ${what}`); };
  const program = target === 'universal' ? undefined : `extension/bin/claude-lsp${target.startsWith('win32') ? '.exe' : ''}`;
  const entries = await list(file);
  const want = program ? [...always, program, 'extension/bin/THIRD-PARTY-NOTICES'] : always;
  const missing = want.filter((n) => !entries.has(n));
  const strange = [...entries.keys()].filter((n) => !want.includes(n));
  if (missing.length || strange.length) wrong(`lacks [${missing}] and has [${strange}] beside what it should`);
  const empty = want.filter((n) => entries.get(n).bytes.length === 0);
  if (empty.length) wrong(`has empty files: ${empty}`);

  const manifest = entries.get('extension.vsixmanifest').bytes.toString();
  const says = /TargetPlatform="([^"]*)"/.exec(manifest)?.[1] ?? 'universal';
  if (says !== target) wrong(`says of itself that it is for ${says}`);
  if (program) {
    const { bytes, mode } = entries.get(program);
    const is = platformOf(bytes);
    if (is !== target) wrong(`holds a program for ${is || 'an unknown platform'}`);
    if (!target.startsWith('win32') && (mode & 0o111) !== 0o111) wrong(`holds ${program}, which cannot be executed`);
  }
  const mb = statSync(file).size / 1e6;
  const size = program ? 'with' : 'without';
  if (mb > most[size] || mb < least[size]) wrong(`has ${mb.toFixed(2)} MB, and ${least[size]} to ${most[size]} are meant`);
  return `${name}: ${entries.size} files, ${mb.toFixed(2)} MB`;
}

// list is the files of an archive by name, each with its mode and its bytes.
function list(file) {
  return new Promise((resolve, reject) => {
    const entries = new Map();
    yauzl.open(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (broken, stream) => {
          if (broken) return reject(broken);
          try {
            entries.set(entry.fileName, { mode: entry.externalFileAttributes >>> 16, bytes: Buffer.concat(await stream.toArray()) });
          } catch (e) {
            return reject(e);
          }
          zip.readEntry();
        });
      });
      zip.on('end', () => resolve(entries));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}
