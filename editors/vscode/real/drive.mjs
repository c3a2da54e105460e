// Drives VS Code in a browser for the Go tests: does what a line on standard
// input asks for, and answers with a line. A person's means alone are used: keys,
// the mouse and what is on the screen.
//
//   drive.mjs CHROMIUM PLAYWRIGHT
//
// A line is {"do": NAME, "with": ARGUMENT}; its answer {"got": VALUE} or
// {"failed": REASON}.
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
const page = await browser.newPage({ viewport: { width: 1100, height: 620 }, deviceScaleFactor: 1.5 });
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

const does = {
  async goto(url) {
    await page.goto(url);
    await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 90_000 });
  },
  appears: (selector) => page.waitForSelector(selector, { timeout: 90_000 }),
  // focus waits for an editor and puts the keys into it.
  async focus() {
    await page.waitForSelector('.editor-instance .view-lines .view-line', { timeout: 60_000 });
    await page.locator('.editor-instance .view-lines').first().click();
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
  // inside is the text of a webview's page.
  async inside() {
    for (const frame of page.frames()) {
      const text = await frame.evaluate(() => (document.title === 'What is sent' || document.querySelector('.figures') ? document.body.innerText : '')).catch(() => '');
      if (text) return text;
    }
    return '';
  },
  async follow(label) {
    for (const frame of page.frames()) {
      const link = frame.getByText(label, { exact: false });
      if (await link.count().catch(() => 0)) return void await link.first().click();
    }
    throw new Error(`no frame has ${label}`);
  },
  wait: (ms) => page.waitForTimeout(ms),
  shot: (path) => page.screenshot({ path }),
  html: (selector) => page.evaluate((s) => [...document.querySelectorAll(s)].map((e) => e.outerHTML).join('\n'), selector),
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
