/** The wire to the extension host. The page asks; the host tells it when to ask again. */

import type { NoQuestions, PageEvents } from "../../src/protocol/panelProtocol.js";
import { Peer, type Listeners, type Questions } from "../../src/protocol/rpc.js";
import { decodeMessage, encodeMessage } from "../../src/protocol/wire.js";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<Q extends Questions, State> {
  readonly peer: Peer<NoQuestions, Q, PageEvents>;
  /** What the page showed before it was hidden or reloaded. */
  readonly state: State | null;
  keep(state: State): void;
}

export function connect<Q extends Questions, State>(
  listeners: Partial<Listeners<PageEvents>>,
): Host<Q, State> {
  const api = acquireVsCodeApi();
  const peer = new Peer<NoQuestions, Q, PageEvents>(
    {
      post: (message) => {
        api.postMessage(encodeMessage(message));
      },
      listen: (handler) => {
        window.addEventListener("message", ({ data }) => {
          handler(decodeMessage(data));
        });
      },
    },
    {},
    listeners,
  );
  return {
    peer,
    state: (api.getState() ?? null) as State | null,
    keep: (state) => {
      api.setState(state);
    },
  };
}
