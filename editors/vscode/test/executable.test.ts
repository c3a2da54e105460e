import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { platformOf } from '../scripts/executable.mjs';

function header(magic: number[], at: number, machine: number[]): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.set(magic, 0);
  bytes.set(machine, at);
  return bytes;
}

test('a program\'s header says which platform it is for', () => {
  const elf = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  const macho = [0xcf, 0xfa, 0xed, 0xfe];
  const pe = (machine: number[]): Buffer => {
    const bytes = header([0x4d, 0x5a], 0x84, machine);
    bytes.writeUInt32LE(0x80, 0x3c);
    bytes.write('PE\0\0', 0x80);
    return bytes;
  };
  const all: [string, Buffer][] = [
    ['linux-x64', header(elf, 18, [0x3e, 0])], ['linux-arm64', header(elf, 18, [0xb7, 0])],
    ['darwin-x64', header(macho, 4, [7, 0, 0, 1])], ['darwin-arm64', header(macho, 4, [12, 0, 0, 1])],
    ['win32-x64', pe([0x64, 0x86])], ['win32-arm64', pe([0x64, 0xaa])],
    ['', header(elf, 18, [0x28, 0])], ['', header([0x23, 0x21], 0, [0x23, 0x21])], ['', Buffer.from('MZ')], ['', header([0x4d, 0x5a], 0x3c, [0xff, 0xff, 0xff, 0x7f])],
  ];
  for (const [want, bytes] of all) assert.equal(platformOf(bytes), want);
});

test('Node itself is for the machine at hand', { skip: !['linux', 'darwin', 'win32'].includes(process.platform) }, () => {
  assert.equal(platformOf(readFileSync(process.execPath)), `${process.platform}-${process.arch}`);
});
