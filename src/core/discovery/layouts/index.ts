/** The layouts, in the order in which they are asked whether a directory is theirs. */

import { helmLayout } from "./helm.js";
import type { Layout } from "./layout.js";
import { olmesLayout } from "./olmes.js";
import { olmoEvalLayout } from "./olmoEval.js";

export const layouts: readonly Layout[] = [helmLayout, olmesLayout, olmoEvalLayout];
