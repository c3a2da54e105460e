// Draws what a request at the cursor would send, as docs/context.md describes
// it. Pure: from the report to HTML without scripts and without anything from
// elsewhere.

export interface Part { path: string; firstLine?: number; lastLine?: number; tokens: number; says: string; redacted?: number; text?: string }
export interface Text { tokens: number; breakpoint?: number; redacted?: number; text?: string }
export interface Block { tokens: number; breakpoint?: number; side?: string; parts: Part[] }

export interface Report {
  path: string; line: number; column: number; provider: string; model: string; verdict: string; reason?: string;
  rules: Text; blocks: Block[]; near: Part[]; notes: Text; before: Text; after: Text; task: Text;
  tokens: number; budgetTokens: number; budgetPercent: number; cacheableTokens: number; cacheablePercent: number; redacted: number;
  price: { model: string; firstUSD: number; nextUSD: number; answerUSD: number } | null;
}

/** The page. `more` is the address of the command that shows the texts too, ''
 * where they are shown. */
export function page(r: Report, more: string): string {
  const rows: string[] = [];
  const row = (what: string, t: Text, why: string): void => {
    rows.push(`<tr class="head"><td class="n">${number(t.tokens)}</td><td class="bar">${bar(t.tokens, r.tokens)}</td><td>${cached(t.breakpoint)}</td><td class="what">${esc(what)}</td><td class="why">${esc(why)}${secrets(t.redacted)}</td></tr>`, ...texts(what, t.text));
  };
  const parts = (all: Part[]): void => {
    for (const p of all) {
      const where = !p.firstLine ? p.path : `${p.path}:${p.firstLine}${p.lastLine === p.firstLine ? '' : `–${p.lastLine}`}`;
      rows.push(`<tr class="part"><td class="n">${number(p.tokens)}</td><td class="bar"></td><td></td><td class="what"><code>${esc(where)}</code></td><td class="why">${esc(p.says)}${secrets(p.redacted)}</td></tr>`, ...texts(where, p.text));
    }
  };
  row('rules', r.rules, 'the same for every request');
  r.blocks.forEach((b, i) => {
    row(`block ${i + 1}`, b, sides[b.side ?? ''] ?? '');
    parts(b.parts);
  });
  if (r.near.length) {
    row('near', { tokens: r.near.reduce((sum, p) => sum + p.tokens, 0) }, 'what this very line may need');
    parts(r.near);
  }
  if (r.notes.tokens) row('notes', r.notes, 'recent edits, and suggestions that were refused');
  row('before', r.before, 'the text in front of the cursor');
  row('after', r.after, 'the text behind it');
  row('task', r.task, 'what to answer, and in which form');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What is sent</title><style>${style}</style></head><body>
<h1>What is sent at <code>${esc(r.path)}:${r.line}:${r.column}</code></h1>
<p>For ${esc(r.model)} (${esc(r.provider)}). Nothing was sent to show this.${r.verdict === 'ask' ? '' : ` Typing here asks nothing (<code>${esc(r.reason ?? '')}</code>); this is what asking by hand would send.`}</p>
<div class="figures">
${figure(number(r.tokens), `tokens, ${r.budgetPercent.toFixed(1)} % of the most allowed`)}
${figure(`${r.cacheablePercent.toFixed(0)} %`, 'stays the same while you type, so that it is cached')}
${figure(String(r.redacted), r.redacted === 1 ? 'secret taken out' : 'secrets taken out')}
${price(r)}
</div>
<table><thead><tr><th class="n" scope="col">tokens</th><td class="bar"></td><th scope="col">cached</th><th class="what" scope="col">what</th><th class="why" scope="col">why it is there</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${more ? `<p><a href="${esc(more)}">Show all text, as it would be sent</a></p>` : ''}
</body></html>`;
}

const sides: Record<string, string> = {
  '': 'of the workspace',
  above: 'of the document, above the text round the cursor',
  below: 'of the document, below it',
};

function price(r: Report): string {
  if (!r.price) return figure('?', `no price is known for ${r.model}`);
  if (r.provider === 'embedded') return figure('$0', 'the embedded model answers, and nothing leaves this machine');
  return figure(usd(r.price.firstUSD), 'the first time') + figure(usd(r.price.nextUSD), 'with each further key while the cache is warm') + figure(usd(r.price.answerUSD), 'more at most, for the answer');
}

function figure(value: string, label: string): string {
  return `<div><b>${esc(value)}</b><span>${esc(label)}</span></div>`;
}

function bar(part: number, whole: number): string {
  return `<meter aria-hidden="true" min="0" max="${Math.max(whole, 1)}" value="${part}"></meter>`;
}

/** The row that opens to a text, where there is one. */
function texts(of: string, text: string | undefined): string[] {
  return text ? [`<tr><td colspan="5"><details><summary aria-label="text of ${esc(of)}">text</summary><pre>${esc(text)}</pre></details></td></tr>`] : [];
}

function cached(breakpoint: number | undefined): string {
  return breakpoint ? `to ${breakpoint}` : 'no';
}

function secrets(n: number | undefined): string {
  return n ? `; <strong>${n} ${n === 1 ? 'secret was' : 'secrets were'} taken out</strong>` : '';
}

function usd(n: number): string {
  return `$${n.toFixed(6)}`;
}

/** A count with thin blanks between thousands. */
export function number(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Paths, names and text come from anywhere, and are never markup. */
export function esc(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

const style = `
body { font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); padding: 0 1.5em 2em; max-width: 70em; }
h1 { font-size: 1.4em; font-weight: 500; }
code, pre { font-family: var(--vscode-editor-font-family); }
code { overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: .8em; margin: 1.2em 0; }
.figures div { border: 1px solid var(--vscode-widget-border, #8884); border-radius: 4px; padding: .5em .9em; min-width: 6em; max-width: 13em; }
.figures b { display: block; font-size: 1.25em; font-weight: 500; }
.figures span { color: var(--vscode-descriptionForeground); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--vscode-descriptionForeground); font-weight: normal; }
th, td { padding: .2em 1em .2em 0; vertical-align: top; }
.head { border-top: 1px solid var(--vscode-widget-border, #8884); }
.head td { padding-top: .45em; }
.part td { color: var(--vscode-descriptionForeground); }
.part .what { padding-left: 1.2em; }
.what { min-width: 12em; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 6em; height: .7em; }
@media (max-width: 46em) { /* narrow panes: why it is there stands below what it is */
  body { padding: 0 .8em 2em; }
  .bar, th.why { display: none; }
  th, td { padding-right: .7em; }
  .what, .why { display: block; min-width: 0; }
  .head .why { padding-top: 0; }
  .why { padding-left: 1.2em; }
  .part .why { padding-left: 2.4em; }
}
pre { background: var(--vscode-textCodeBlock-background); padding: .6em; overflow-x: auto; }
summary { cursor: pointer; color: var(--vscode-textLink-foreground); }
a { color: var(--vscode-textLink-foreground); }
`;
