// What the server says of itself, in words. docs/protocol.md has the fields.

export interface Status {
  state: 'ready' | 'disabled' | 'snoozed' | 'trouble';
  provider: string;
  model: string;
  trouble: { kind: string; message: string } | null;
  costToday: number | null;
  snoozedUntil?: string;
  budget?: { dailyUSD: number; spentUSD: number | null; step: string };
  shown: number;
  accepted: number;
}

/** How the server's process is. */
export type Life = 'missing' | 'starting' | 'running' | 'waiting' | 'stopped';

export interface Shown {
  text: string;
  tooltip: string; // Markdown
  label: string; // for those who hear it
  warn: boolean;
}

/** The status bar's text and tooltip. */
export function shownStatus(life: Life, s: Status | undefined, busy: boolean): Shown {
  if (life !== 'running' || !s) {
    const { icon, words } = lives[life];
    return { text: `$(${icon}) claude-lsp`, tooltip: `**claude-lsp** ${words}`, label: `claude-lsp ${words}`, warn: life === 'missing' || life === 'stopped' };
  }
  const icon = busy && s.state === 'ready' ? 'loading~spin' : icons[s.state];
  const cost = s.costToday ? ` ${dollars(s.costToday)}` : '';
  const name = s.provider === 'embedded' ? 'embedded' : s.model;
  return { text: `$(${icon}) ${escapeIcons(name)}${cost}`, tooltip: tooltip(s), label: `claude-lsp ${words(s)} ${name}${cost && `, ${cost.trim()} today`}`, warn: s.state === 'trouble' };
}

const icons: Record<Status['state'], string> = { ready: 'sparkle', disabled: 'circle-slash', snoozed: 'bell-slash', trouble: 'warning' };

const lives: Record<Life, { icon: string; words: string }> = {
  missing: { icon: 'error', words: 'was not found. Click for what to do.' },
  starting: { icon: 'loading~spin', words: 'is starting.' },
  running: { icon: 'loading~spin', words: 'is running.' },
  waiting: { icon: 'sync~spin', words: 'has ended and will be started again in a moment.' },
  stopped: { icon: 'error', words: 'is not running. Click to start it.' },
};

function tooltip(s: Status): string {
  const rows: [string, string][] = [['Model', s.provider === 'embedded' ? 'embedded: nothing is sent' : `${s.model} (${s.provider})`]];
  rows.push(['Today', s.costToday === null ? 'unknown' : dollars(s.costToday)]);
  if (s.budget) rows.push(['Budget', `${s.budget.spentUSD === null ? 'unknown' : dollars(s.budget.spentUSD)} of ${dollars(s.budget.dailyUSD)}${steps[s.budget.step] ?? ''}`]);
  rows.push(['This session', `${s.shown} suggested, ${s.accepted} accepted`]);
  const table = rows.map(([k, v]) => `| ${k} | ${escapeMarkdown(v)} |`).join('\n');
  return `**claude-lsp** ${escapeMarkdown(words(s))}\n\n| | |\n|:--|:--|\n${table}`;
}

/** The state in a sentence. */
export function words(s: Status): string {
  switch (s.state) {
    case 'ready': return 'is ready.';
    case 'disabled': return 'is switched off here.';
    case 'snoozed': return `is quiet until ${clock(s.snoozedUntil)}.`;
    case 'trouble': return `has trouble: ${s.trouble?.message ?? 'of an unknown kind'}`;
  }
}

const steps: Record<string, string> = {
  no_prewarm: '; nothing is cached ahead any more',
  small_window: '; prompts are small',
  invoked_only: '; only asking by hand is answered',
  used_up: '; used up until midnight',
};

/** Less than a cent is worth its digits too. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.0001) return '<$0.0001';
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

function clock(at: string | undefined): string {
  const time = new Date(at ?? '');
  if (Number.isNaN(time.getTime())) return 'later';
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}

/** What comes from the server is text, and neither Markdown nor a link. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, '\\$&').replace(/\s+/g, ' ');
}

/** $(name) is an icon in a status bar. */
function escapeIcons(text: string): string {
  return text.replace(/\$\(/g, '$ (');
}
