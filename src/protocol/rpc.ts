/**
 * Questions and answers over a message channel: host to worker, and page to host. Each question gets exactly one reply,
 * an answer or an error; closing the channel rejects what is pending; aborting a question tells the other side.
 */

/** Questions by kind: what is asked, and what is answered. */
export type Questions = Record<string, (params: never) => unknown>;

/** Events by kind: told, never answered. */
export type Events = Record<string, unknown>;

type Params<Q extends Questions, K extends keyof Q> = Parameters<Q[K]>[0];
type Result<Q extends Questions, K extends keyof Q> = Awaited<ReturnType<Q[K]>>;

export type Handlers<Q extends Questions> = {
  readonly [K in keyof Q]: (
    params: Params<Q, K>,
    signal: AbortSignal,
  ) => Promise<Result<Q, K>> | Result<Q, K>;
};

export type Listeners<E extends Events> = { readonly [K in keyof E]: (value: E[K]) => void };

export interface Channel {
  post(message: unknown): void;
  /** Called once; all messages of the other side go to `handler`. */
  listen(handler: (message: unknown) => void): void;
}

type Message =
  | { readonly id: number; readonly ask: string; readonly params: unknown }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } }
  | { readonly id: number; readonly abort: true }
  | { readonly tell: string; readonly value: unknown };

/** A failure on the other side, or of the channel (`closed`, `aborted`, `unknown-question`). */
export class RemoteError extends Error {
  override readonly name = "RemoteError";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Pending {
  resolve(value: unknown): void;
  readonly reject: (error: RemoteError) => void;
}

/** One end of a channel. `Own` are the questions answered here, `Other` those that can be asked. */
export class Peer<
  Own extends Questions,
  Other extends Questions,
  Heard extends Events = Events,
  Told extends Events = Events,
> {
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, AbortController>();
  private closed: RemoteError | null = null;

  constructor(
    private readonly channel: Channel,
    private readonly handlers: Handlers<Own>,
    private readonly listeners: Partial<Listeners<Heard>> = {},
  ) {
    channel.listen((message) => {
      this.receive(message);
    });
  }

  ask<K extends keyof Other & string>(
    kind: K,
    params: Params<Other, K>,
    signal?: AbortSignal,
  ): Promise<Result<Other, K>> {
    if (this.closed) return Promise.reject(this.closed);
    if (signal?.aborted === true) return Promise.reject(abortedError());
    const id = this.nextId++;
    return new Promise<Result<Other, K>>((resolve, reject) => {
      const onAbort = (): void => {
        this.pending.delete(id);
        this.channel.post({ id, abort: true } satisfies Message);
        reject(abortedError());
      };
      const settle = (): void => {
        this.pending.delete(id);
        signal?.removeEventListener("abort", onAbort);
      };
      this.pending.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as Result<Other, K>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener("abort", onAbort);
      try {
        this.channel.post({ id, ask: kind, params } satisfies Message);
      } catch (error) {
        settle();
        reject(new RemoteError("failed", error instanceof Error ? error.message : String(error)));
      }
    });
  }

  tell<K extends keyof Told & string>(kind: K, value: Told[K]): void {
    if (!this.closed) this.channel.post({ tell: kind, value } satisfies Message);
  }

  /** Rejects all that is pending, here with `reason`; later questions are rejected at once. */
  close(reason: string): void {
    this.closed = new RemoteError("closed", reason);
    for (const { reject } of [...this.pending.values()]) reject(this.closed);
    for (const controller of this.running.values()) controller.abort();
  }

  private receive(message: unknown): void {
    if (this.closed || typeof message !== "object" || message === null) return;
    const received = message as Message;
    if ("tell" in received) {
      const { tell, value } = received;
      if (Object.hasOwn(this.listeners, tell)) {
        (this.listeners as Record<string, (value: unknown) => void>)[tell]?.(value);
      }
      return;
    }
    const { id } = received;
    if ("ask" in received) void this.answer(id, received.ask, received.params);
    else if ("ok" in received) this.pending.get(id)?.resolve(received.ok);
    else if ("error" in received) {
      // The other side is not trusted to have filled it in.
      const error = received.error as Partial<typeof received.error> | null;
      const { code = "failed", message: text = "" } = error ?? {};
      this.pending.get(id)?.reject(new RemoteError(code, text));
    } else this.running.get(id)?.abort();
  }

  private async answer(id: number, kind: string, params: unknown): Promise<void> {
    const reply = (message: Message): void => {
      if (!this.closed) this.channel.post(message);
    };
    if (!Object.hasOwn(this.handlers, kind)) {
      reply({ id, error: { code: "unknown-question", message: `"${kind}" is not asked here` } });
      return;
    }
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const handler = this.handlers[kind] as (params: unknown, signal: AbortSignal) => unknown;
      const ok = await handler(params, controller.signal);
      if (!controller.signal.aborted) reply({ id, ok });
    } catch (error) {
      const code = error instanceof RemoteError ? error.code : "failed";
      const message = error instanceof Error ? error.message : String(error);
      if (!controller.signal.aborted) reply({ id, error: { code, message } });
    } finally {
      this.running.delete(id);
    }
  }
}

function abortedError(): RemoteError {
  return new RemoteError("aborted", "the question was withdrawn");
}

export function isAborted(error: unknown): boolean {
  return error instanceof RemoteError && (error.code === "aborted" || error.code === "closed");
}
