import type { Entry } from "./entry.ts";

/** By the names of the server's registry. */
export const PATTERN_WORDS = {
  engulfing: {
    title: "Engulfing",
    what: "A body that covers the whole body before it, the other way round.",
    training: "One candle undid all of the one before, and more: what went one way for a while turns.",
    remedy: "Against you: see whether the next candle confirms it before you stop the run.",
  },
  hammer: {
    title: "Hammer",
    what: "After a fall: a small body at the top of a long lower wick.",
    training: "The metric went far below and came all the way back. For an accuracy: a scare that passed.",
    remedy: "Look at the batch at the tip of the wick.",
  },
  shooting_star: {
    title: "Shooting star",
    what: "After a rise: a small body at the bottom of a long upper wick.",
    training: "The metric shot up and came all the way back. For a loss: a spike that the training survived.",
    remedy: "Look at the batch at the tip of the wick; several of them call for gradient clipping.",
  },
  doji: {
    title: "Doji",
    what: "A candle that closes where it opened.",
    training: "For as long as it lasted, nothing was gained and nothing lost.",
    remedy: "One is chance. Several in a row are a plateau.",
  },
  marubozu: {
    title: "Marubozu",
    what: "A long body with no wicks to speak of.",
    training: "The metric went one way the whole time, with little noise: fast learning, or fast divergence.",
    remedy: "Filled: something is steadily wrong, not a single batch. Look at the schedule.",
  },
  inside_bar: {
    title: "Inside bar",
    what: "A candle that stays within the range of the one before.",
    training: "It became calmer.",
    remedy: "Nothing to mend. Calm after a drop of the learning rate is what is wanted.",
  },
  morning_star: {
    title: "Morning star",
    what: "A long fall, a small candle below, and a rise that takes back a good part.",
    training: "The metric stopped falling and turned. For a loss that is bad news, for an accuracy good.",
    remedy: "Against you: compare with the learning rate and the data of those steps.",
  },
  evening_star: {
    title: "Evening star",
    what: "A long rise, a small candle above, and a fall that takes back a good part.",
    training: "The metric stopped rising and turned. For a loss that is recovery, for an accuracy a warning.",
    remedy: "Against you: compare with the learning rate and the data of those steps.",
  },
} as const satisfies Readonly<Record<string, Entry>>;
