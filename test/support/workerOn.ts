/** The shipped worker with the host's own client, over a folder on disk. */

import { WorkerClient } from "../../src/node/workerClient.js";
import type { Snapshot } from "../../src/protocol/workerProtocol.js";
import { inProject } from "./root.js";

export interface WorkerOn {
  readonly client: WorkerClient;
  readonly snapshot: Snapshot;
  /** Key of the run whose id ends so. */
  readonly key: (idEnd: string) => string;
}

export const workerScript = inProject("dist", "worker.js");

export async function workerOn(folder: string): Promise<WorkerOn> {
  const client = new WorkerClient(
    workerScript,
    { found: () => undefined, progress: () => undefined },
    () => undefined,
  );
  const snapshot = await client.ask("discover", {
    folders: [{ path: folder, name: "test" }],
    exclude: [],
  });
  const key = (idEnd: string): string => {
    const found = snapshot.runs.find(({ id }) => id.endsWith(idEnd));
    if (!found) throw new Error(`no run ${idEnd} in ${snapshot.runs.map(({ id }) => id).join()}`);
    return found.key;
  };
  return { client, snapshot, key };
}
