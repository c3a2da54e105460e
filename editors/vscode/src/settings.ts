// What of VS Code's settings goes to the server, and by which way. Pure: the
// values come in as plain objects, so that the rules can be tested in node.
//
// A workspace's settings stand in a repository, so they are no more trusted
// than it: they can narrow what is sent and never widen it. What the user set
// for himself is his own word. It goes by the environment where the server
// would not take it from an editor.

export const section = 'claude-lsp';

/** Whose word counts for a setting, as docs/settings.schema.json says. */
export type Trust = 'user' | 'narrows' | 'editor';

export interface Row {
  key: string;
  trust: Trust;
  environment: string; // its variable, or '' where it has none
  default: unknown; // null where there is none
}

/** What is set for one key, level by level; undefined where it is left alone. */
export interface Levels {
  user?: unknown;
  workspace?: unknown;
  folder?: unknown;
}

export type Inspect = (key: string) => Levels;

/** The environment of the server, on top of the editor's own. */
export function environment(rows: readonly Row[], inspect: Inspect): Record<string, string> {
  const env: Record<string, string> = {};
  for (const row of rows) {
    const { user } = inspect(row.key);
    if (user !== undefined && row.environment && (row.trust === 'user' || widens(row, user))) {
      env[row.environment] = text(user);
    }
  }
  return env;
}

/** The settings that are told when the server asks, nested as dotted keys. Only
 * what was set is among them: a default would win over the user's own file. */
export function told(rows: readonly Row[], inspect: Inspect, trusted: boolean): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const row of rows) {
    if (row.trust === 'user') continue;
    const { user, workspace, folder } = inspect(row.key);
    let value = user;
    for (const here of [workspace, folder]) {
      if (here === undefined) continue;
      if (row.trust === 'narrows') value = narrower(row, value, here);
      else if (trusted) value = here;
    }
    if (value !== undefined && !(value === user && widens(row, user))) all[row.key] = value;
  }
  return all;
}

/** Reports whether a value allows more than the default, which the server takes
 * from no editor. */
function widens(row: Row, value: unknown): boolean {
  if (row.trust !== 'narrows' || row.key === 'budget.dailyUSD') return false; // any budget is less than none
  if (typeof value === 'number') return value > Number(row.default);
  if (Array.isArray(value)) return value.some((v) => typeof v === 'string' && v.startsWith('!'));
  return value === true && row.default === false;
}

/** What holds where one level says `base` and a less trusted one says `here`. */
function narrower(row: Row, base: unknown, here: unknown): unknown {
  const least = base === undefined ? row.default : base;
  if (row.key === 'budget.dailyUSD') {
    if (typeof here !== 'number' || here <= 0) return base;
    return typeof least === 'number' && least > 0 ? Math.min(least, here) : here;
  }
  if (typeof here === 'boolean') return here === false ? false : base;
  if (here === 'auto') return least === 'auto' ? base : here; // it chooses downwards from what held before
  if (typeof here === 'number') return typeof least === 'number' && here < least ? here : base;
  if (Array.isArray(here)) {
    const more = here.filter((v) => typeof v === 'string' && !v.startsWith('!'));
    return Array.isArray(least) ? [...new Set([...least, ...more])] : more;
  }
  if (isObject(here)) return { ...(isObject(base) ? base : {}), ...off(here) };
  return base;
}

/** Those languages that are switched off, of a `languages` object. */
function off(languages: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(languages).filter(([, v]) => isObject(v) && v.enabled === false));
}

export function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/** A value as the server reads it from a variable: lists as JSON. */
function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Languages that are switched off by `"[go]": {"claude-lsp.enabled": false}`. */
export function withLanguages(all: Record<string, unknown>, offLanguages: readonly string[]): Record<string, unknown> {
  if (offLanguages.length === 0) return all;
  const languages = isObject(all.languages) ? { ...all.languages } : {};
  for (const id of offLanguages) languages[id] = { enabled: false };
  return { ...all, languages };
}
