#!/usr/bin/env node
/** Onset from a terminal: the same core, the same answers. */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Catalog, toSlashes, VERSION, type Folder, type Problem } from "../core/index.js";
import { userCacheFolder } from "../node/cacheFolder.js";
import { DiskCache } from "../node/diskCache.js";
import { excluder } from "../node/excluder.js";
import { fsFiles } from "../node/fsFiles.js";
import { pointBytes } from "../node/memory.js";
import { describe } from "./describe.js";
import { diff } from "./diff.js";
import { examples } from "./examples.js";
import { files } from "./files.js";
import { metrics } from "./metrics.js";
import { onsets } from "./onsets.js";
import { recheck } from "./recheck.js";
import { runs } from "./runs.js";
import { UsageError, type Call } from "./call.js";
import { when } from "./when.js";

const HELP = `onset ${VERSION}: when did a behaviour begin?

  onset runs [PATH…]                        runs, their metrics and checkpoints
  onset metrics PATH --run RUN [--metric NAME…] [--format json|csv|arrow]
                                            every point of a run
  onset when QUERY [PATH…]                  the interval in which a behaviour began, per run
  onset onsets [PATH…]                      all behaviours × runs, in the order of acquisition
  onset describe METRIC [PATH…] [--law]     its shape per run: sharpness, breakthroughness, noise; fitted laws
  onset diff RUN@STEP RUN@STEP [PATH…]      what differs between two checkpoints
  onset examples [PATH…]                    runs with outcomes of single examples, and their tasks
  onset examples [PATH…] --run RUN [--task T] [--filter F] [--metric M] [--cut SCORE] [--persistence N]
                 [--step N] [--example ID]  when each example was learned, and how often it was forgotten
  onset examples [PATH…] --diff RUN@STEP RUN@STEP
                                            examples that were gained or lost between two checkpoints
  onset files [PATH…]                       every file: what it was read as, or why it was not
  onset recheck FILE                        asks the records that onset when wrote again, of their own points

  QUERY   "test_acc >= 0.95 for 1" · "train/loss < 0.1" · "acc reaches 90% of range" · "acc above chance"
          · "lost(acc > 0.9)" · "acc > 0.9 by 10k tokens" · "mean(loss) over last 5 < 2" · "changepoint(loss, slope)"
          · grokking · "first non-finite" · "loss spike" · a behaviour saved in onset.json
          · "share of seeds with generalises by 3000" · "order of A, B" · "lag of A to B" · "survival of A over lr"
          (docs/language.md defines the language)
  RUN     an id as printed by onset runs, or a unique label

  --json            one JSON document on stdout
  --csv             comma-separated values (when, onsets, examples)
  --record FILE     writes the records behind the answers to a file (when)
  --bytes           sizes of checkpoints (runs)
  --exclude GLOB    paths not to look at, may be repeated
  --no-cache        neither uses nor keeps what was read of large files, which else lies in
                    ${userCacheFolder()}
  --strict          exit with 3 when anything could not be read
  --help, --version

  Exit code: 0 an answer, 1 none, 2 wrong use or an ambiguous run, 3 with --strict and problems.
`;

interface Command {
  readonly run: (call: Call) => Promise<number>;
  /** How many leading arguments are not paths. */
  readonly leading: number;
  /** False for one that is about no runs. */
  readonly findsRuns?: false;
}

const COMMANDS = {
  runs: { run: runs, leading: 0 },
  metrics: { run: metrics, leading: 0 },
  when: { run: when, leading: 1 },
  onsets: { run: onsets, leading: 0 },
  describe: { run: describe, leading: 1 },
  diff: { run: diff, leading: 2 },
  examples: { run: examples, leading: 0 },
  files: { run: files, leading: 0 },
  recheck: { run: recheck, leading: 1, findsRuns: false },
} satisfies Readonly<Record<string, Command>>;

async function main(args: readonly string[]): Promise<number> {
  try {
    return await runCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`onset: ${error.message}\n`);
    return 2;
  }
}

async function runCommand(args: readonly string[]): Promise<number> {
  const { values, positionals, compared } = parse(args);
  if (values.version === true) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const [name, ...rest] = positionals;
  if (values.help === true || name === undefined) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 2;
  }
  if (!isCommand(name)) throw new UsageError(`"${name}" is no command; see onset --help`);
  const command: Command = COMMANDS[name];
  const { leading } = command;
  if (rest.length < leading)
    throw new UsageError(`${name} needs ${leading} arguments; see onset --help`);
  const paths = rest.slice(leading);
  const folders = (paths.length === 0 ? ["."] : paths).map((path): Folder => ({
    path: trimSlash(toSlashes(resolve(path))),
    name: path,
  }));
  const isExcluded = excluder(values.exclude ?? []);
  const cache = values["no-cache"] === true ? null : openCache();
  const catalog = new Catalog(fsFiles, { isExcluded, cache, pointBytes: pointBytes() });
  if (command.findsRuns !== false) await catalog.discover(folders);
  const call: Call = {
    catalog,
    folders,
    words: rest.slice(0, leading),
    json: values.json === true,
    csv: values.csv === true,
    record: values.record ?? null,
    bytes: values.bytes === true,
    law: values.law === true,
    run: values.run ?? null,
    metrics: values.metric ?? [],
    format: values.format ?? null,
    options: {
      task: values.task ?? null,
      filter: values.filter ?? null,
      cut: values.cut ?? null,
      persistence: values.persistence ?? null,
      step: values.step ?? null,
      example: values.example ?? null,
      diff: compared,
    },
  };
  const code = await command.run(call);
  const problems = catalog.problems();
  if (!call.json) reportProblems(problems);
  return code <= 1 && values.strict === true && problems.length > 0 ? 3 : code;
}

/** What may be kept of files that were read. */
const CACHE_BYTES = 2 * 2 ** 30;

function openCache(): DiskCache {
  return new DiskCache(userCacheFolder(), CACHE_BYTES, (message) => {
    process.stderr.write(`onset: ${message}; --no-cache does without\n`);
  });
}

function parse(args: readonly string[]) {
  try {
    const { values, tokens } = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        json: { type: "boolean" },
        csv: { type: "boolean" },
        record: { type: "string" },
        bytes: { type: "boolean" },
        law: { type: "boolean" },
        strict: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
        run: { type: "string" },
        metric: { type: "string", multiple: true },
        format: { type: "string" },
        exclude: { type: "string", multiple: true },
        "no-cache": { type: "boolean" },
        task: { type: "string" },
        filter: { type: "string" },
        cut: { type: "string" },
        persistence: { type: "string" },
        step: { type: "string" },
        example: { type: "string" },
        diff: { type: "boolean" },
      },
    });
    const words = tokens.filter((token) => token.kind === "positional");
    const diffAt = tokens.find((token) => token.kind === "option" && token.name === "diff")?.index;
    // The two words behind `--diff` are its own, wherever it stands.
    const compared = words
      .filter(({ index }) => diffAt !== undefined && index > diffAt)
      .slice(0, 2);
    return {
      values,
      positionals: words.filter((word) => !compared.includes(word)).map(({ value }) => value),
      compared: diffAt === undefined ? null : compared.map(({ value }) => value),
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

const SHOWN_PROBLEMS = 10;

function reportProblems(problems: readonly Problem[]): void {
  for (const { file, line, message } of problems.slice(0, SHOWN_PROBLEMS)) {
    process.stderr.write(`${file}${line === undefined ? "" : `:${line}`}: ${message}\n`);
  }
  const more = problems.length - SHOWN_PROBLEMS;
  if (more > 0) process.stderr.write(`and ${more} more problems; onset runs --json lists them\n`);
}

// Whoever reads may have enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
