// Drives VS Code in a browser for the Go tests: does what a line on standard
// input asks for, and answers with a line. A person's means alone are used: keys,
// the mouse and what is on the screen.
//
//   drive.mjs CHROMIUM PLAYWRIGHT
//
// A line is {"do": NAME, "with": ARGUMENT}; its answer {"got": VALUE} or
// {"failed": REASON}.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [chromium, playwright] = process.argv.slice(2);
const { chromium: engine } = createRequire(import.meta.url)(playwright);

// Nothing but this machine can be reached from the page.
const browser = await engine.launch({
  executablePath: chromium,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--force-color-profile=srgb'],
});
const sharpness = 1.5; // pixels of a picture for each of the page
const page = await browser.newPage({ viewport: { width: 1100, height: 620 }, deviceScaleFactor: sharpness });
// Pictures are not taken in the library's own way, which changes the page for a
// moment.
const screen = await page.context().newCDPSession(page);
// What the status bar says in passing, such as progress: it may be gone before
// anybody looks.
await page.addInitScript(() => {
  window.passed = new Set();
  const look = () => {
    for (const e of document.querySelectorAll('.part.statusbar .statusbar-item-label')) if (e.textContent) window.passed.add(e.textContent.replaceAll('\u00a0', ' ').trim());
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
});
const hosts = new Set();
page.on('request', (r) => { if (/^(https?|wss?):/.test(r.url())) hosts.add(new URL(r.url()).hostname); });

// texts are what stands in the elements that can be seen, with plain blanks.
const texts = (selector) => page.evaluate((s) => [...document.querySelectorAll(s)]
  .filter((e) => e.checkVisibility())
  .map((e) => e.textContent.replaceAll('\u00a0', ' ').replaceAll('\u00b7', ' ')), selector);

// palette runs a command by its title, as it stands in the command palette.
async function palette(title) {
  await page.keyboard.press('F1');
  await page.waitForSelector('.quick-input-widget input', { state: 'visible', timeout: 10_000 });
  await page.keyboard.insertText(title);
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  await row.waitFor({ state: 'visible', timeout: 10_000 });
  await row.click();
}

// inFrames is what one of the frames answers.
async function inFrames(ask) {
  for (const frame of page.frames()) {
    const text = await frame.evaluate(ask).catch(() => '');
    if (text) return text;
  }
  return '';
}

const does = {
  async goto(url) {
    await page.goto(url);
    await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 90_000 });
  },
  appears: (selector) => page.waitForSelector(selector, { timeout: 90_000 }),
  // focus waits for an editor and puts the keys into it.
  async focus() {
    const lines = page.locator('.editor-instance .view-lines:visible').first();
    await lines.waitFor({ timeout: 60_000 });
    await lines.click();
  },
  // cell puts the keys into a cell of a notebook, by its number.
  async cell(n) {
    const cell = page.locator('.notebookOverlay .cell-editor-container .view-lines').nth(n);
    await cell.waitFor({ state: 'visible', timeout: 30_000 });
    await cell.click();
  },
  // write puts text in as if it were pasted; type presses its keys.
  write: (text) => page.keyboard.insertText(text),
  type: (text) => page.keyboard.type(text, { delay: 25 }),
  async press(keys) {
    for (const key of keys) await page.keyboard.press(key);
  },
  palette,
  // pick clicks an entry of an open menu.
  async pick(label) {
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    await row.waitFor({ state: 'visible', timeout: 10_000 });
    await row.click();
  },
  click: (selector) => page.locator(selector).first().click({ timeout: 10_000 }),
  hover: (selector) => page.locator(selector).first().hover({ timeout: 10_000 }),
  button: (label) => page.locator('.monaco-button, .action-label', { hasText: label }).first().click({ timeout: 15_000 }),
  // ghost is the text that is offered: what stands in the cursor's line, then the
  // lines below it.
  ghost: () => page.evaluate(() => {
    const plain = (e) => e.textContent.replaceAll('\u00a0', ' ').replaceAll('\u00b7', ' ');
    const inline = [...document.querySelectorAll('.ghost-text-decoration')].map(plain).join('');
    const below = [...document.querySelectorAll('.view-zones .view-line')].map(plain);
    return [inline, ...below].join('\n');
  }),
  // status is our item in the status bar: its icons by name, then its text.
  status: () => page.evaluate(() => {
    const item = document.querySelector('.statusbar-item[id^="claude-lsp.claude-lsp"]');
    if (!item) return '';
    const icons = [...item.querySelectorAll('.codicon')].map((e) => `(${/codicon-([a-z-]+)/.exec(e.className)?.[1]})`);
    return [...icons, item.textContent.trim()].join(' ');
  }),
  menu: () => texts('.quick-input-list .monaco-list-row'),
  input: () => page.evaluate(() => {
    const i = document.querySelector('.quick-input-widget input');
    return i && i.checkVisibility() ? i.type : '';
  }),
  popups: () => texts('.notifications-toasts .notification-list-item-message'),
  texts,
  // inside is what can be read in a web view, and source also what is folded in.
  inside: () => inFrames(() => document.querySelector('.figures') && document.body.innerText),
  source: () => inFrames(() => document.querySelector('.figures') && document.body.textContent),
  async follow(label) {
    for (const frame of page.frames()) {
      const link = frame.getByText(label, { exact: false });
      if (await link.count().catch(() => 0)) return void await link.first().click();
    }
    throw new Error(`no frame has ${label}`);
  },
  away: () => page.mouse.move(page.viewportSize().width / 4, 20), // from all that says something to a mouse
  // hovered is what stands beside what the mouse is over.
  hovered: async () => (await texts('.monaco-hover')).join('\n'),
  passed: () => page.evaluate(() => [...window.passed]),
  wait: (ms) => page.waitForTimeout(ms),
  size: ([width, height]) => page.setViewportSize({ width, height }),
  // shot takes a picture of a part of the window, [x, y, width, height], or of all.
  async shot({ path, clip }) {
    const { width: w, height: h } = page.viewportSize();
    const [x, y, width, height] = clip ?? [0, 0, w, h];
    const { data } = await screen.send('Page.captureScreenshot', { format: 'png', clip: { x, y, width, height, scale: sharpness } });
    writeFileSync(path, Buffer.from(data, 'base64'));
  },
  hosts: () => [...hosts],
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { do: name, with: argument } = JSON.parse(line);
    answer = { got: (await does[name](argument)) ?? null };
  } catch (e) {
    answer = { failed: String(e.message ?? e).split('\n').slice(0, 3).join(' ') };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();
