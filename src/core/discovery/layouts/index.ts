/** The layouts, in the order in which they are asked whether a directory is theirs. */

import { datedEvents } from "./datedEvents.js";
import type { Layout } from "./layout.js";
import { marin } from "./marin.js";

export const layouts: readonly Layout[] = [marin, datedEvents];
