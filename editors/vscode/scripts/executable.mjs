// Tells from its first bytes which platform a program is for, as vsce names
// platforms. Sources: the ELF, Mach-O and PE formats.

const machines = {
  linux: { 0x3e: 'x64', 0xb7: 'arm64' }, // e_machine
  darwin: { 0x01000007: 'x64', 0x0100000c: 'arm64' }, // cputype
  win32: { 0x8664: 'x64', 0xaa64: 'arm64' }, // IMAGE_FILE_HEADER.Machine
};

// platformOf is such as "linux-x64", or '' where it is none that we pack for.
export function platformOf(/** @type {Buffer} */ bytes) {
  const [os, machine] = header(bytes);
  const arch = os && machines[os][machine];
  return arch ? `${os}-${arch}` : '';
}

function header(bytes) {
  if (bytes.length < 64) return [];
  if (bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1) return ['linux', bytes.readUInt16LE(18)]; // 64 bits, little-endian
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return ['darwin', bytes.readUInt32LE(4)];
  const pe = bytes.readUInt32LE(0x3c);
  if (bytes.readUInt16BE(0) === 0x4d5a && pe + 6 <= bytes.length && bytes.readUInt32BE(pe) === 0x50450000) return ['win32', bytes.readUInt16LE(pe + 4)];
  return [];
}
