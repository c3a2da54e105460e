// The status bar's item: state, model and what today cost.
import * as vscode from 'vscode';
import type { Inline } from './inline';
import type { Server } from './client';
import { shownStatus } from './status';

/** A request of ours that a person would notice, in milliseconds: a quicker one
 * shall not make the item flicker. */
const noticeable = 150;
/** How long after an answer its cost is asked for: typing makes many. */
const costAfter = 1500;

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right, 100);
  private readonly subscriptions: vscode.Disposable[];
  private busy = false;
  private busyTimer: NodeJS.Timeout | undefined;
  private costTimer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server, inline: Inline) {
    this.item.name = 'claude-lsp';
    this.item.command = 'claude-lsp.menu';
    this.subscriptions = [
      this.item,
      server.onDidChange(() => this.draw()),
      inline.onBusy((busy) => this.setBusy(busy)),
      inline.onAnswered(() => {
        this.costTimer ??= setTimeout(() => {
          this.costTimer = undefined;
          void server.refresh();
        }, costAfter);
      }),
    ];
    this.draw();
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.busyTimer);
    clearTimeout(this.costTimer);
    for (const s of this.subscriptions) s.dispose();
  }

  private setBusy(busy: boolean): void {
    clearTimeout(this.busyTimer);
    this.busyTimer = setTimeout(() => {
      if (this.busy === busy) return;
      this.busy = busy;
      this.draw();
    }, busy ? noticeable : 0);
  }

  private draw(): void {
    const s = shownStatus(this.server.life, this.server.status, this.busy);
    const tooltip = new vscode.MarkdownString(s.tooltip, true);
    tooltip.isTrusted = false;
    this.item.text = s.text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: s.label, role: 'button' };
    this.item.backgroundColor = s.warn ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}
