import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { userCacheFolder } from "../../../src/node/cacheFolder.js";
import { DiskCache } from "../../../src/node/diskCache.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";

const always = (): boolean => true;

describe("DiskCache", () => {
  let folder: string;
  let troubles: string[];

  beforeEach(async () => {
    folder = join(await temporaryFolder(), "a", "cache");
    troubles = [];
  });
  afterEach(() => removeFolder(join(folder, "..", "..")));

  const cacheOf = (maxBytes = 1e9, path = folder): DiskCache =>
    new DiskCache(path, maxBytes, (message) => troubles.push(message));

  const noise = (length: number, seed = 1): Uint8Array => {
    const random = mulberry32(seed);
    return Uint8Array.from({ length }, () => wholeNumber(random, 0, 255));
  };

  /** Lets an entry look as if it had been used so long ago. */
  const age = (name: string, ms: number): void => {
    const then = new Date(Date.now() - ms);
    utimesSync(join(folder, name), then, then);
  };

  it("gives back what it was given, in blocks that begin where any array can", async () => {
    const state = { map: new Map([["a", [NaN, -0]]]), bytes: noise(5), nothing: null };
    const blocks = [[noise(3), noise(0), noise(70, 2)], [], [noise(9_000_000, 3)]];
    await cacheOf().save("key", { state, blocks });
    const loaded = await cacheOf().load("key", always);
    assert.deepEqual(loaded?.state, state);
    const flat = blocks.map((pieces) => Buffer.concat(pieces));
    assert.deepEqual(
      loaded.blocks.map((block) => Buffer.from(block)),
      flat,
    );
    for (const { byteOffset } of loaded.blocks) assert.equal(byteOffset % 64, 0);
    assert.equal(await cacheOf().load("another", always), null);
    assert.equal(await cacheOf().load("key", () => false), null);
    assert.deepEqual(troubles, []);
  });

  it("lets go of what was used longest ago", async () => {
    const cache = cacheOf(10_000);
    const names: string[] = [];
    for (const key of ["a", "b", "c"]) {
      await cache.save(key, { state: key, blocks: [[noise(3000)]] });
      names.push(...readdirSync(folder).filter((name) => !names.includes(name)));
    }
    for (const [i, name] of names.entries()) age(name, 60_000 - i);
    assert.ok(await cache.load("a", always));
    await cache.save("d", { state: "d", blocks: [[noise(3000)]] });
    const left = [];
    for (const key of ["a", "b", "c", "d"]) if (await cache.load(key, always)) left.push(key);
    assert.deepEqual(left, ["a", "c", "d"]);
    await cache.save("e", { state: "e", blocks: [[noise(20_000)]] });
    assert.equal(await cache.load("e", always), null, "more than all that may be kept");
    assert.ok(await cache.load("d", always), "nothing went for it");
  });

  it("clears away what a process that ended has left unfinished, and no other one", async () => {
    const cache = cacheOf();
    await cache.save("a", { state: 1, blocks: [] });
    const [entry = ""] = readdirSync(folder);
    writeFileSync(join(folder, `${entry}.1.unfinished`), "half");
    writeFileSync(join(folder, `${entry}.2.unfinished`), "half");
    writeFileSync(join(folder, "notes.txt"), "somebody's own");
    age(`${entry}.1.unfinished`, 2 * 60 * 60_000);
    await cache.save("b", { state: 2, blocks: [] });
    assert.ok(!existsSync(join(folder, `${entry}.1.unfinished`)));
    assert.ok(existsSync(join(folder, `${entry}.2.unfinished`)));
    assert.ok((await cache.clear()) > 0);
    assert.deepEqual(readdirSync(folder), ["notes.txt"]);
    assert.equal(await cache.clear(), 0);
  });

  it("says once that it cannot write, and goes on", async () => {
    await cacheOf().save("a", { state: 1, blocks: [] });
    const file = join(folder, readdirSync(folder)[0] ?? "");
    const blocked = cacheOf(1e9, join(file, "below a file"));
    for (let i = 0; i < 3; i++) await blocked.save(`key ${i}`, { state: 1, blocks: [] });
    assert.equal(await blocked.load("key 0", always), null);
    assert.equal(troubles.length, 1);
    assert.match(troubles[0] ?? "", /not kept in .*below a file: E/);
  });

  it("is not to be read by others", async function () {
    if (process.platform === "win32") this.skip();
    await cacheOf().save("a", { state: 1, blocks: [] });
    assert.equal(statSync(folder).mode & 0o077, 0);
  });
});

describe("userCacheFolder", () => {
  it("follows XDG, and the system's own convention", () => {
    const slashed = (path: string): string => path.replaceAll("\\", "/");
    assert.equal(slashed(userCacheFolder("linux", { XDG_CACHE_HOME: "/x" })), "/x/onset");
    assert.match(slashed(userCacheFolder("linux", { XDG_CACHE_HOME: "x" })), /\/\.cache\/onset$/);
    assert.match(slashed(userCacheFolder("darwin", {})), /\/Library\/Caches\/onset$/);
    assert.match(slashed(userCacheFolder("win32", {})), /\/AppData\/Local\/onset\/Cache$/);
  });
});
