/**
 * What tells recipes apart, and what does not (M13): seeds, and the keys and paths that say how, where and when a run was
 * made. A key that only might be one of these counts as a difference: a seed group too few is better than a wrong one.
 */

import type { Config, ConfigValue } from "../model/config.js";

const normal = (key: string): string => key.toLowerCase().replaceAll("-", "_");

/** The last of a dotted key's parts, and what is before it. */
function cut(key: string): { readonly above: string; readonly last: string } {
  const dot = key.lastIndexOf(".");
  return { above: key.slice(0, Math.max(0, dot)), last: key.slice(dot + 1) };
}

export function isSeedKey(key: string): boolean {
  return /(^|[._])(seed|seed_everything|random_state)$/.test(normal(key));
}

/** Of trackers and schedulers. */
const FOREIGN = /^(_?wandb|slurm|mlflow|git|hydra|comet|neptune)([._]|$)/;
/** Last parts that are about the run as such wherever they stand. */
const OF_RUN = new RegExp(
  `^((run|exp|experiment|job|trial|sweep|slurm_job|project|hub_model|hub_repo)_?(name|id|group|dir|path|notes|tags)|expname|` +
    `(log|logs|logging|out|output|save|ckpt|checkpoint|checkpoints|result|results|work|working|default_root|` +
    `tensorboard|tb|cache|tmp|temp|dump|profile)_?(dir|dirs|directory|path|folder|file|root|prefix)|logdir|outdir|` +
    `(start|end|launch|creation)_?(time|date)|(started|created|finished|ended)(_?at)?|timestamp|datetime|date|` +
    `uuid|guid|host|hostname|user|username|pid|port|master_(addr|port)|(local|global|node|process)_rank|` +
    `cuda_visible_devices|device|gpu|gpus?_ids?|commit(_hash|_sha)?|sha|script|notes|tags|entity|project|save)$`,
);
/** Last parts that are about the run only at the top, or under a word for it. */
const OF_RUN_AT_TOP = /^(name|id|group|dir|path|root|folder|file|output|time)$/;
const WORD_FOR_RUN =
  /(^|[._])(run|exp|experiment|job|trial|logger|logging|log|tracker|meta|metadata)$/;

/** True for keys that say how, where or when a run was made. */
export function isIncidental(key: string): boolean {
  const name = normal(key);
  const { above, last } = cut(name);
  if (FOREIGN.test(name) || OF_RUN.test(last)) return true;
  return OF_RUN_AT_TOP.test(last) && (above === "" || WORD_FOR_RUN.test(above));
}

/** Keys whose paths say what was trained, or on what. */
const OF_RECIPE =
  /data|corpus|train|valid|(^|[._])(val|test|eval)|mix|shard|token|vocab|model|teacher|pretrain|init|weights|recipe/;

function isPath(value: ConfigValue): value is string {
  return typeof value === "string" && /^(\.{0,2}|~|[A-Za-z]:)[/\\]|:\/\//.test(value);
}

/**
 * The value as runs are compared by it, undefined where it tells nothing. Of the path of data or of a model the last two
 * parts count, without seeds: the same files lie elsewhere on another machine.
 */
export function comparable(key: string, value: ConfigValue): ConfigValue | undefined {
  if (isIncidental(key)) return undefined;
  if (!isPath(value)) return value;
  if (!OF_RECIPE.test(normal(key))) return undefined;
  const parts = value.split(/[/\\]+/).filter((part) => part !== "");
  return seedInPath(parts.slice(-2).join("/"))?.rest ?? parts.slice(-2).join("/");
}

const SEED = /(^|[/_.#=-]|(?<=[a-z\d])(?=S)|(?<=\d)(?=s))(?:[sS]eed|SEED)[-_=]?(\d+)(?=$|[/_.-])/g;
const SHORT_SEED = /(^|[/_.#-])s(\d+)(?=$|[/_.-])/g;

/**
 * The last seed that a path names, and the path without it: `k1_s0.jsonl` gives 0 and `k1_.jsonl`. An `s` with a number is
 * a seed only where nothing is called one in full.
 */
export function seedInPath(
  path: string,
): { readonly seed: number | string; readonly rest: string } | null {
  // Of a suite whose revisions tell seeds apart by words.
  const word = /^(.*#(?:.*-)?)seed-([a-z][\w-]*)$/.exec(path);
  if (word) return { seed: word[2] ?? "", rest: word[1] ?? "" };
  const last = [...path.matchAll(SEED)].at(-1);
  if (last) return { seed: Number(last[2]), rest: path.replace(SEED, "$1") };
  const short = [...path.matchAll(SHORT_SEED)].at(-1);
  if (!short) return null;
  const rest = path.replace(SHORT_SEED, (all, before: string, digits: string) =>
    digits === short[2] ? before : all,
  );
  return { seed: Number(short[2]), rest };
}

/** Times, counters and identifiers in a path: they tell runs apart, but not recipes. */
const MADE_UP =
  /(?:offline-)?run-\d{8}_\d{6}-\w+|\d{4}-?\d\d-?\d\d(?:[-_T ]?\d\d[-_:]?\d\d(?:[-_:]?\d\d)?(?:\.\d+)?)?|(?<=^|[/_])\d\d[-_:]\d\d[-_:]\d\d(?=$|[/_])|(?<=^|[/_.-])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}(?=$|[/_.-])|(?<=^|[/_-])(?:run|trial|exp|job|version|try|attempt)[-_]?\d+(?=$|[/_.-])|(?<=^|\/)\d+(?=$|\/)/gi;

export function withoutMadeUp(path: string): string {
  return path.replace(MADE_UP, "");
}

/** The seed: of the key `seed`, else of another seed key. */
export function seedInConfig(config: Config): string | number | null {
  const plain = config.get("seed");
  if (typeof plain === "number" || typeof plain === "string") return plain;
  for (const [key, value] of config) {
    if (isSeedKey(key) && typeof value === "number") return value;
  }
  return null;
}
