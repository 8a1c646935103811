/** Ownership: whatever is created is given to its owner in the same expression. */

import type { Disposable } from "vscode";

/** Disposes all that it was given; what comes after its own end is disposed at once. */
export class Disposables implements Disposable {
  private readonly items: Disposable[] = [];
  private isDisposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.isDisposed) item.dispose();
    else this.items.push(item);
    return item;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const item of this.items.splice(0).reverse()) item.dispose();
  }
}

/** Holds the current one of something; setting a new one disposes the old. */
export class Current<T extends Disposable> implements Disposable {
  private item: T | undefined;

  get value(): T | undefined {
    return this.item;
  }

  set value(next: T | undefined) {
    const last = this.item;
    this.item = next;
    if (last !== next) last?.dispose();
  }

  dispose(): void {
    this.value = undefined;
  }
}
