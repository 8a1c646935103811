/** The layouts, in the order in which they are asked whether a directory is theirs. */

import { gitClone } from "./gitClone.js";
import { hubCache } from "./hubCache.js";
import type { Layout } from "./layout.js";
import { multiberts } from "./multiberts.js";

export const layouts: readonly Layout[] = [gitClone, hubCache, multiberts];
