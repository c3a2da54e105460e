import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { Backoff } from '../src/backoff';
import { findBinary, type Places } from '../src/binary';
import { page, number, type Report } from '../src/sent';
import { dollars, shownStatus, type Status } from '../src/status';

const places = (has: string[], more: Partial<Places> = {}): Places => ({
  setting: '', extension: '/ext', path: ['.', '/usr/bin', '/opt'].join(delimiter), platform: 'linux', runnable: (f) => has.includes(f), ...more,
});

test('the setting comes first, then the one inside, then PATH', () => {
  const has = ['/own/lsp', '/ext/bin/claude-lsp', '/usr/bin/claude-lsp', '/opt/claude-lsp'];
  assert.deepEqual(findBinary(places(has, { setting: '/own/lsp' })), { program: '/own/lsp', from: 'setting' });
  assert.deepEqual(findBinary(places(has)), { program: '/ext/bin/claude-lsp', from: 'extension' });
  assert.deepEqual(findBinary(places(has.slice(2))), { program: '/usr/bin/claude-lsp', from: 'PATH' });
  assert.deepEqual(findBinary(places(['/ext/bin/claude-lsp.exe'], { platform: 'win32' })), { program: '/ext/bin/claude-lsp.exe', from: 'extension' });
});

test('a setting that names nothing is said, and nothing else is started', () => {
  for (const setting of ['/gone', 'claude-lsp', './bin/claude-lsp']) {
    const found = findBinary(places(['/ext/bin/claude-lsp'], { setting }));
    assert.ok('missing' in found && found.missing.includes(setting), JSON.stringify(found));
  }
});

test('PATH is not looked for inside the workspace', () => {
  assert.ok('missing' in findBinary(places(['claude-lsp', './claude-lsp'])));
});

test('each restart waits longer, until it is given up; a server that was well begins anew', () => {
  const b = new Backoff();
  assert.deepEqual([1, 2, 3, 4, 5].map(() => b.died(100)), [500, 1000, 2000, 4000, 8000]);
  assert.equal(b.died(100), undefined);
  assert.equal(b.died(60_000), 500);
  b.reset();
  assert.equal(b.died(0), 500);
});

const status: Status = { state: 'ready', provider: 'claude', model: 'claude-haiku-5-5', trouble: null, costToday: 0.0123, shown: 3, accepted: 1 };

test('the status bar says state, model and cost', () => {
  assert.equal(shownStatus('running', status, false).text, '$(sparkle) claude-haiku-5-5 $0.0123');
  assert.equal(shownStatus('running', status, true).text, '$(loading~spin) claude-haiku-5-5 $0.0123');
  assert.equal(shownStatus('running', { ...status, provider: 'embedded', costToday: 0 }, false).text, '$(sparkle) embedded');
  const trouble = shownStatus('running', { ...status, state: 'trouble', trouble: { kind: 'rate', message: 'too *many* [x](y)' } }, true);
  assert.ok(trouble.warn && trouble.text.startsWith('$(warning)'));
  assert.ok(trouble.tooltip.includes('too \\*many\\* \\[x\\]\\(y\\)'));
  assert.ok(shownStatus('missing', undefined, false).warn);
  assert.ok(shownStatus('waiting', status, false).tooltip.includes('started again'));
});

test('what the icons say is said in words, too', () => {
  assert.equal(shownStatus('running', status, false).label, 'claude-lsp is ready. claude-haiku-5-5, $0.0123 today');
  assert.match(shownStatus('running', { ...status, state: 'snoozed', snoozedUntil: '2026-11-26T09:05:00' }, false).label, /is quiet until 09:05/);
  assert.equal(shownStatus('stopped', undefined, false).label, 'claude-lsp is not running. Click to start it.');
});

test('the tooltip has the figures', () => {
  const t = shownStatus('running', { ...status, budget: { dailyUSD: 2, spentUSD: 1.5, step: 'no_prewarm' } }, false).tooltip;
  for (const part of ['0123', '1\\.50 of', '3 suggested, 1 accepted', 'nothing is cached ahead']) assert.ok(t.includes(part), `${part} in ${t}`);
});

test('a model\'s name is no icon', () => {
  assert.equal(shownStatus('running', { ...status, model: 'x$(bell)', costToday: null }, false).text, '$(sparkle) x$ (bell)');
});

test('small sums keep their digits', () => {
  assert.deepEqual([0, 0.00001, 0.0123, 0.1, 12.345].map(dollars), ['$0.00', '<$0.0001', '$0.0123', '$0.10', '$12.35']);
});

const report: Report = {
  path: 'a&b.go', line: 9, column: 2, provider: 'claude', model: 'claude-haiku-5-5', verdict: 'ask',
  rules: { tokens: 1233, breakpoint: 1 }, blocks: [{ tokens: 89, breakpoint: 2, parts: [{ path: 'x/<i>.go', firstLine: 1, lastLine: 9, tokens: 89, says: 'it is imported', redacted: 2 }] }],
  near: [], notes: { tokens: 0 }, before: { tokens: 77, redacted: 1, text: '<script>alert(1)</script>' }, after: { tokens: 22 }, task: { tokens: 74 },
  tokens: 1495, budgetTokens: 95000, budgetPercent: 1.57, cacheableTokens: 1322, cacheablePercent: 88.4, redacted: 3,
  price: { model: 'claude-haiku-5-5', firstUSD: 0.000284, nextUSD: 0.000031, answerUSD: 0.000128 },
};

test('what is sent is shown as text, whatever it holds', () => {
  const html = page(report, 'command:more');
  for (const part of ['a&#38;b.go:9:2', 'x/&#60;i&#62;.go:1–9', '2 secrets were taken out', '1 secret was taken out', '$0.000284', 'to 2', 'default-src \'none\'', 'command:more', '&#60;script&#62;']) {
    assert.ok(html.includes(part), part);
  }
  assert.ok(!html.includes('<script') && !html.includes('<i>') && !/https?:/.test(html));
  assert.ok(!page(report, '').includes('command:'));
  assert.ok(page({ ...report, verdict: 'no', reason: 'in_word' }, '').includes('in_word'));
  assert.ok(page({ ...report, provider: 'embedded' }, '').includes('nothing leaves this machine'));
  assert.ok(page({ ...report, price: null }, '').includes('no price is known'));
});

test('counts are readable', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(number), ['0', '999', '1\u202f000', '1\u202f234\u202f567']);
});
