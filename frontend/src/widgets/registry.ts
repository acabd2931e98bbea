import { alerts } from "./alerts/definition.ts";
import { runArguments } from "./arguments/definition.ts";
import { attention } from "./attention/definition.ts";
import { candles } from "./candles/definition.ts";
import { comparison } from "./comparison/definition.ts";
import { complexity } from "./complexity/definition.ts";
import { control } from "./control/definition.ts";
import { convergence } from "./convergence/definition.ts";
import { correlation } from "./correlation/definition.ts";
import { dynamics } from "./dynamics/definition.ts";
import { experiments } from "./experiments/definition.ts";
import { hyperparameters } from "./hyperparameters/definition.ts";
import { indicator } from "./indicator/definition.ts";
import { type Kind, kindOf } from "./kind.tsx";
import { landscape } from "./landscape/definition.ts";
import { line } from "./line/definition.ts";
import { logs } from "./logs/definition.ts";
import { outputs } from "./outputs/definition.ts";
import { progress } from "./progress/definition.ts";
import { stats } from "./stats/definition.ts";

/** Every kind of widget, in the order of the palette; a new one is a folder and a line here. */
export const WIDGETS: readonly Kind[] = [
  kindOf(candles),
  kindOf(line),
  kindOf(comparison),
  kindOf(alerts),
  kindOf(indicator),
  kindOf(runArguments),
  kindOf(progress),
  kindOf(control),
  kindOf(experiments),
  kindOf(logs),
  kindOf(outputs),
  kindOf(stats),
  kindOf(correlation),
  kindOf(convergence),
  kindOf(dynamics),
  kindOf(landscape),
  kindOf(hyperparameters),
  kindOf(complexity),
  kindOf(attention),
];
