import assert from "node:assert/strict";
import { isAborted, Peer, RemoteError, type Channel } from "../../../src/protocol/rpc.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

type Asked = {
  double(params: { readonly value: number }): number;
  wait(params: null): string;
  fail(params: { readonly code: string | null }): never;
};
type Told = { moved: { readonly step: number } };
type Nothing = Record<never, never>;

/** Two ends of a channel that hands messages on by and by, as a thread does, copied. */
function connect(): [Channel, Channel, unknown[]] {
  const log: unknown[] = [];
  const handlers: ((message: unknown) => void)[] = [];
  const end = (own: 0 | 1): Channel => ({
    post: (message) => {
      const copy = structuredClone(message);
      log.push(copy);
      queueMicrotask(() => handlers[1 - own]?.(copy));
    },
    listen: (handler) => {
      handlers[own] = handler;
    },
  });
  return [end(0), end(1), log];
}

function peers(): {
  asking: Peer<Nothing, Asked, Told>;
  answering: Peer<Asked, Nothing, Nothing, Told>;
  aborted: boolean[];
  heard: number[];
  log: unknown[];
  raw: Channel;
} {
  const [a, b, log] = connect();
  const aborted: boolean[] = [];
  const heard: number[] = [];
  const asking = new Peer<Nothing, Asked, Told>(
    a,
    {},
    {
      moved: ({ step }) => heard.push(step),
    },
  );
  const answering = new Peer<Asked, Nothing, Nothing, Told>(b, {
    double: ({ value }) => 2 * value,
    wait: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted.push(true);
          reject(new Error("stopped"));
        });
      }),
    fail: ({ code }) => {
      throw code === null ? new Error("it broke") : new RemoteError(code, "as named");
    },
  });
  return { asking, answering, aborted, heard, log, raw: a };
}

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Peer", () => {
  it("gives each question its own answer", async () => {
    const { asking } = peers();
    const answers = await Promise.all([1, 2, 3].map((value) => asking.ask("double", { value })));
    assert.deepEqual(answers, [2, 4, 6]);
  });

  it("rejects here what is thrown there, with its code where it has one", async () => {
    const { asking } = peers();
    await assert.rejects(asking.ask("fail", { code: null }), {
      code: "failed",
      message: "it broke",
    });
    await assert.rejects(asking.ask("fail", { code: "gone" }), { code: "gone" });
  });

  it("refuses questions that nobody answers, also those named like properties of every object", async () => {
    const { asking } = peers();
    for (const kind of ["nothing", "constructor", "__proto__", "toString"]) {
      await assert.rejects(asking.ask(kind as "wait", null), { code: "unknown-question" });
    }
  });

  it("withdraws a question here at once and there too", async () => {
    const { asking, aborted } = peers();
    const controller = new AbortController();
    const answer = asking.ask("wait", null, controller.signal);
    await later();
    controller.abort();
    await assert.rejects(answer, (error) => isAborted(error));
    await later();
    assert.deepEqual(aborted, [true]);
  });

  it("does not even ask what was withdrawn before", async () => {
    const { asking, log } = peers();
    await assert.rejects(asking.ask("wait", null, AbortSignal.abort()), { code: "aborted" });
    assert.deepEqual(log, []);
  });

  it("rejects what is pending when it is closed, and all that is asked later", async () => {
    const { asking } = peers();
    const answer = asking.ask("wait", null);
    asking.close("the panel is gone");
    await assert.rejects(answer, { code: "closed", message: "the panel is gone" });
    await assert.rejects(asking.ask("double", { value: 1 }), { code: "closed" });
  });

  it("stops what it is answering when it is closed", async () => {
    const { asking, answering, aborted } = peers();
    const answer = asking.ask("wait", null);
    answer.catch(() => undefined);
    await later();
    answering.close("going");
    await later();
    assert.deepEqual(aborted, [true]);
  });

  it("tells events and expects nothing back", async () => {
    const { answering, heard, log } = peers();
    answering.tell("moved", { step: 5 });
    await later();
    assert.deepEqual(heard, [5]);
    assert.equal(log.length, 1);
  });

  it("lets messages pass that are none", async () => {
    const { asking, raw, heard } = peers();
    for (const junk of [
      null,
      5,
      "x",
      {},
      [],
      { id: 99 },
      { id: 99, ok: 1 },
      { tell: "constructor" },
    ]) {
      raw.post(junk);
    }
    assert.equal(await asking.ask("double", { value: 4 }), 8);
    assert.deepEqual(heard, []);
  });

  it("keeps questions and answers together in any order of withdrawing", async () => {
    const runs: Promise<unknown>[] = [];
    forSeeds(20, (random) => {
      const { asking } = peers();
      for (let i = 0; i < 20; i++) {
        const controller = new AbortController();
        const value = wholeNumber(random, 0, 1000);
        const answer = asking.ask("double", { value }, controller.signal);
        const isWithdrawn = random() < 0.3;
        if (isWithdrawn) controller.abort();
        runs.push(
          answer.then(
            (got) => assert.deepEqual([got, isWithdrawn], [2 * value, false]),
            (error: unknown) => assert.deepEqual([isAborted(error), isWithdrawn], [true, true]),
          ),
        );
      }
    });
    await Promise.all(runs);
  });
});
