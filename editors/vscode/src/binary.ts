// Finds the program to start. Pure but for the look at the disk that is handed
// in.
import { delimiter, isAbsolute, join } from 'node:path';
import { homedir } from 'node:os';

export interface Places {
  setting: string; // claude-lsp.path, of the user's own settings
  extension: string; // the folder of the extension
  path: string; // the variable PATH
  platform: NodeJS.Platform;
  runnable: (file: string) => boolean;
}

export type Found = { program: string; from: 'setting' | 'extension' | 'PATH' } | { missing: string };

/** Where the setting names something, nothing else is tried: starting another
 * program than the one that was named would be a surprise. */
export function findBinary(p: Places): Found {
  const name = p.platform === 'win32' ? 'claude-lsp.exe' : 'claude-lsp';
  if (p.setting) {
    const program = p.setting.replace(/^~(?=[\\/])/, homedir());
    if (!isAbsolute(program)) return { missing: `The setting claude-lsp.path must be an absolute path, and is "${p.setting}".` };
    if (p.runnable(program)) return { program, from: 'setting' };
    return { missing: `The setting claude-lsp.path names ${program}, which is no program that can be started.` };
  }
  const inside = join(p.extension, 'bin', name);
  if (p.runnable(inside)) return { program: inside, from: 'extension' };
  for (const dir of p.path.split(delimiter)) {
    if (!isAbsolute(dir)) continue; // a relative one would look inside the workspace
    const program = join(dir, name);
    if (p.runnable(program)) return { program, from: 'PATH' };
  }
  return { missing: 'The program claude-lsp was not found: this package of the extension has none inside, and PATH knows none.' };
}
