/** The families of text logs, in the order in which they are asked whose a file is; those that fit anything come last. */

import type { Reader } from "../reader.js";
import { boxes } from "./boxes.js";
import { columns } from "./columns.js";
import { composer } from "./composer.js";
import { espnet } from "./espnet.js";
import { fairseq } from "./fairseq.js";
import { gptNeox } from "./gptNeox.js";
import { keyValue } from "./keyValue.js";
import type { LineGrammar } from "./lineGrammar.js";
import { llmc } from "./llmc.js";
import { megatron } from "./megatron.js";
import { moddedNanogpt } from "./moddedNanogpt.js";
import { nanochat } from "./nanochat.js";
import { nanoGpt } from "./nanoGpt.js";
import { olmo } from "./olmo.js";
import { textLogReader } from "./textLog.js";
import { torchtitan } from "./torchtitan.js";

const grammars: readonly LineGrammar[] = [
  moddedNanogpt,
  llmc,
  nanoGpt,
  nanochat,
  gptNeox,
  megatron,
  fairseq,
  espnet,
  composer,
  olmo,
  torchtitan,
  boxes,
  columns,
  keyValue,
];

export const textLogs: readonly Reader[] = grammars.map((grammar) =>
  textLogReader(grammar, grammars),
);
