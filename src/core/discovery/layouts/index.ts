/** The layouts, in the order in which they are asked whether a directory is theirs. */

import type { Layout } from "./layout.js";

export const layouts: readonly Layout[] = [];
