import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environment, told, withLanguages, type Levels } from '../src/settings';
import { rows } from '../src/settings.generated';

const says = (all: Record<string, Levels>) => (key: string): Levels => all[key] ?? {};

test('what was left alone is told nobody: a default would win over the own file', () => {
  assert.deepEqual(environment(rows, says({})), {});
  assert.deepEqual(told(rows, says({}), true), {});
});

test('what names an endpoint, a credential, a file or a provider goes by the environment, from the user alone', () => {
  const evil = { workspace: 'https://elsewhere.example', folder: 'https://elsewhere.example' };
  const all = Object.fromEntries(rows.filter((r) => r.trust === 'user').map((r) => [r.key, evil]));
  assert.ok(Object.keys(all).length > 20);
  assert.deepEqual(environment(rows, says(all)), {});
  assert.deepEqual(told(rows, says(all), true), {});
  const own = { 'claude.baseURL': { user: 'https://gateway.example', ...evil }, 'credentials.command': { user: ['pass', 'show x'] }, 'claude.hedge': { user: true } };
  assert.deepEqual(environment(rows, says(own)), {
    CLAUDE_LSP_CLAUDE_BASE_URL: 'https://gateway.example', CLAUDE_LSP_CREDENTIALS_COMMAND: '["pass","show x"]', CLAUDE_LSP_CLAUDE_HEDGE: 'true',
  });
  assert.deepEqual(told(rows, says(own), true), {});
});

for (const [what, key, levels, want] of [
  ['a workspace switches off', 'enabled', { workspace: false }, false],
  ['a workspace does not switch on', 'enabled', { user: false, workspace: true, folder: true }, false],
  ['a smaller budget', 'budget.dailyUSD', { user: 2, workspace: 1 }, 1],
  ['a greater budget', 'budget.dailyUSD', { user: 2, workspace: 5 }, 2],
  ['no budget', 'budget.dailyUSD', { user: 2, workspace: 0 }, 2],
  ['a first budget', 'budget.dailyUSD', { workspace: 3 }, 3],
  ['a smaller window', 'context.windowTokens', { workspace: 2000 }, 2000],
  ['a larger window', 'context.windowTokens', { workspace: 500_000 }, undefined],
  ['a window that the link decides', 'context.windowTokens', { user: 50_000, workspace: 'auto' }, 'auto'],
  ['exclusions add up', 'context.exclude', { user: ['*.pem'], workspace: ['*.key', '!*.pem'], folder: ['*.pem'] }, ['*.pem', '*.key']],
  ['languages are switched off only', 'languages', { user: { go: { enabled: false } }, workspace: { go: { enabled: true }, c: { enabled: false } } }, { go: { enabled: false }, c: { enabled: false } }],
  ['a wrong type', 'enabled', { user: true, workspace: 'yes' }, true],
] as [string, string, Levels, unknown][]) {
  test(`a workspace narrows: ${what}`, () => {
    for (const trusted of [true, false]) assert.deepEqual(told(rows, says({ [key]: levels }), trusted)[key], want);
  });
}

test('what only costs time or money counts from a trusted workspace', () => {
  const all = says({ model: { user: 'a', workspace: 'b' }, 'completion.maxTokens': { folder: 8000 } });
  assert.deepEqual(told(rows, all, true), { model: 'b', 'completion.maxTokens': 8000 });
  assert.deepEqual(told(rows, all, false), { model: 'a' });
});

test('what the user widens himself goes by the environment', () => {
  const wide = says({ 'context.windowTokens': { user: 200_000 }, 'context.exclude': { user: ['!ok.pem'] }, enabled: { user: true } });
  assert.deepEqual(environment(rows, wide), { CLAUDE_LSP_CONTEXT_WINDOW_TOKENS: '200000', CLAUDE_LSP_CONTEXT_EXCLUDE: '["!ok.pem"]' });
  assert.deepEqual(told(rows, wide, true), { enabled: true });
});

test('languages can be switched off by a section of their own', () => {
  assert.deepEqual(withLanguages({ languages: { c: { enabled: false } } }, ['go']), { languages: { c: { enabled: false }, go: { enabled: false } } });
  assert.deepEqual(withLanguages({ model: 'x' }, []), { model: 'x' });
});
