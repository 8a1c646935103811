/** The layouts, in the order in which they are asked whether a directory is theirs. */

import { aim } from "./aim.js";
import { datedEvents } from "./datedEvents.js";
import { deepSpeedTags } from "./deepSpeed.js";
import { dvcliveDirectory } from "./dvclive.js";
import { gitClone } from "./gitClone.js";
import { helmLayout } from "./helm.js";
import { hubCache } from "./hubCache.js";
import type { Layout } from "./layout.js";
import { levanterRun } from "./levanter.js";
import { lightning } from "./lightning.js";
import { marin } from "./marin.js";
import { mlflowRun } from "./mlflow.js";
import { multiberts } from "./multiberts.js";
import { olmesLayout } from "./olmes.js";
import { olmoEvalLayout } from "./olmoEval.js";
import { tensorboardHparams } from "./tensorboardHparams.js";
import { wandbRun } from "./wandb.js";

export const layouts: readonly Layout[] = [
  gitClone,
  hubCache,
  multiberts,
  wandbRun,
  mlflowRun,
  dvcliveDirectory,
  marin,
  levanterRun,
  helmLayout,
  olmesLayout,
  olmoEvalLayout,
  datedEvents,
  tensorboardHparams,
  lightning,
  deepSpeedTags,
  aim,
];
