/** For what becomes true a little later: checks again until it holds, and fails with the last reason. */

import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 25;

export async function eventually<T>(check: () => Promise<T> | T, limitMs = 8000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
