import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { GuardedFiles } from "../../../src/core/io/guardedFiles.js";
import { FileError } from "../../../src/core/io/files.js";
import { answerRun } from "../../../src/core/answers/runs.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { discovered, idsOf } from "../../support/catalogs.js";
import { CountingFiles } from "../../support/countingFiles.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";

const LOG = '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n';
const weights = tinySafetensors();

describe("GuardedFiles", () => {
  let folder = "";
  let guarded = new GuardedFiles(fsFiles);
  const link = (target: string, path: string): Promise<void> => symlink(target, join(folder, path));

  beforeEach(async () => {
    folder = await temporaryFolder({
      "inside/run/metrics.jsonl": LOG,
      "inside/store/file": "x",
      "outside/file": "secret",
      "outside/run/metrics.jsonl": LOG,
      "other/file": "x",
    });
    guarded = new GuardedFiles(fsFiles);
    await guarded.guard([`${folder}/inside`, `${folder}/other`]);
  });
  afterEach(() => removeFolder(folder));

  async function isRefused(action: Promise<unknown>): Promise<boolean> {
    return action.then(
      () => false,
      (error: unknown) => error instanceof FileError && error.code === "not-allowed",
    );
  }

  it("follows links that stay within the folders, and no other", async () => {
    await link("../store/file", "inside/run/within");
    await link("../../other/file", "inside/run/beside");
    await link("../../outside/file", "inside/run/out");
    await link("../../outside", "inside/run/directory");
    await link("out", "inside/run/twice");
    for (const isListed of [false, true]) {
      if (isListed) await guarded.list(`${folder}/inside/run`);
      for (const name of ["within", "beside"]) {
        await (await guarded.open(`${folder}/inside/run/${name}`)).close();
      }
      for (const name of ["out", "twice", "directory/file"]) {
        assert.ok(await isRefused(guarded.open(`${folder}/inside/run/${name}`)), name);
        assert.ok(await isRefused(guarded.stat(`${folder}/inside/run/${name}`)), name);
      }
      assert.ok(await isRefused(guarded.list(`${folder}/inside/run/directory`)));
    }
  });

  it("lets a folder be a link itself, and what lies in none of them", async () => {
    await link("outside", "linked");
    await guarded.guard([`${folder}/linked`]);
    assert.equal((await guarded.stat(`${folder}/linked/file`)).size, 6);
    assert.equal((await guarded.stat(`${folder}/inside/store/file`)).size, 1);
  });

  it("asks no more than once per directory where there are no links", async () => {
    const counting = new CountingFiles(fsFiles);
    let asked = 0;
    const files = Object.assign(Object.create(counting) as CountingFiles, {
      realPath: (path: string) => {
        asked++;
        return fsFiles.realPath(path);
      },
    });
    const own = new GuardedFiles(files);
    await own.guard([`${folder}/inside`]);
    for (const directory of ["", "/run", "/store"]) await own.list(`${folder}/inside${directory}`);
    for (let i = 0; i < 5; i++) await own.stat(`${folder}/inside/store/file`);
    assert.equal(asked, 2);
  });

  it("keeps a catalog within its folder, and says what was not followed", async () => {
    await link("../../../outside/run/metrics.jsonl", "inside/run/other.jsonl");
    await link("../../outside/run", "inside/run/below");
    await link(".", "inside/run/loop");
    await link("b", "inside/run/a");
    await link("a", "inside/run/b");
    const catalog = await discovered(fsFiles, `${folder}/inside`);
    assert.deepEqual(idsOf(catalog), ["run"]);
  });

  it("takes weights that a link leads out to, or nowhere, for remote ones", async () => {
    const tree = await temporaryFolder({
      "w/run/step1/config.json": "{}",
      "w/run/step2/config.json": "{}",
      "w/run/step3/config.json": "{}",
      "w/blobs/a": weights,
      "away/a": weights,
    });
    await symlink("../../blobs/a", `${tree}/w/run/step1/model.safetensors`);
    await symlink("../../../away/a", `${tree}/w/run/step2/model.safetensors`);
    await symlink("../../blobs/b", `${tree}/w/run/step3/model.safetensors`);
    const catalog = await discovered(fsFiles, `${tree}/w`);
    const [run] = catalog.runs();
    assert.ok(run);
    const { checkpoints } = await answerRun(catalog, run.key, false);
    assert.deepEqual(
      checkpoints.map(({ state, reason }) => [state, reason]),
      [
        ["weights-only", null],
        ["remote", "model.safetensors leads out of the folder that is read; not followed"],
        ["remote", "model.safetensors leads to a file that is not there"],
      ],
    );
    await removeFolder(tree);
  });
});
