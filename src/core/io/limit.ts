/**
 * Bounded concurrency: at most `size` tasks at once, the others wait. The one that came last goes first: a walk so goes
 * deep before it goes wide, finishes something soon and holds little.
 */

export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

export function createLimit(size: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.pop();
    if (next) next();
    else running--;
  };
  return async (task) => {
    if (running < size) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      release();
    }
  };
}
