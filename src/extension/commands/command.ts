/** The shape of a command: what the window has, then its arguments, to its result. */

import type { OnsetWindow } from "../onsetWindow.js";
import type { CommandId, Commands } from "./ids.js";

type Returned<K extends CommandId> = ReturnType<Commands[K]>;

export type Command<K extends CommandId> = (
  onset: OnsetWindow,
  ...args: Parameters<Commands[K]>
) => Promise<Returned<K>> | Returned<K>;
