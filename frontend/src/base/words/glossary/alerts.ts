import type { Entry } from "./entry.ts";

/** By the kinds of alerts, and the names of the rules that large trainings published. */
export const ALERT_WORDS = {
  alert: {
    title: "Alert",
    what: "A place where a detector found something wrong, looking at every point.",
    training: "The same detectors warn a running training through on_alert.",
    remedy: "Click it to see the place. Too many of them: raise the detector's threshold.",
  },
  spike: {
    title: "Loss spike",
    what: "The metric was far worse for a few steps than it had been (robust z-score over the last points), and came back.",
    training: "Bad batches, a learning rate at its limit, or rounding in low precision.",
    remedy: "Look at the batches of those steps. Clip gradients; skip the batch; lower the learning rate.",
  },
  divergence: {
    title: "Divergence",
    what: "The metric left its best for good and keeps away from it.",
    training: "The training is lost from here, unless it goes back.",
    remedy: "Stop. Go back to the checkpoint before the first step, with a lower learning rate or warm-up.",
  },
  plateau: {
    title: "Plateau",
    what: "For long nothing was gained that noise would not explain.",
    training: "It has learnt what it can at this learning rate, or is stuck.",
    remedy: "Lower the learning rate, or stop early and save the money.",
  },
  "trend-reversal": {
    title: "Trend reversal",
    what: "A metric that had improved steadily now gets worse steadily.",
    training: "For a validation loss: the begin of overfitting. For a training loss: instability.",
    remedy: "Keep the checkpoint at the turn.",
  },
  "overfitting-gap": {
    title: "Overfitting gap",
    what: "Validation gets worse while training gets better: the distance between both grows.",
    training: "The model learns the training data by heart.",
    remedy: "Stop at the best validation value; more data, augmentation, weight decay, dropout.",
  },
  "gradient-explosion": {
    title: "Gradient explosion",
    what: "The norm of the gradient became many times what it was.",
    training: "One such update can undo hours of training.",
    remedy: "Clip the norm (1.0 is usual), lower the learning rate, lengthen the warm-up.",
  },
  "gradient-vanishing": {
    title: "Vanishing gradient",
    what: "The norm of the gradient fell to next to nothing while the metric is not done.",
    training: "The weights are no longer moved: dead units, saturation, loss scaling gone wrong.",
    remedy:
      "Check activations and initialisation, add normalisation or residual paths, check the loss scale.",
  },
  "non-finite": {
    title: "Non-finite",
    what: "A value that is NaN or infinite.",
    training: "From here on the weights may be, too.",
    remedy:
      "Go back to the checkpoint before it; lower the learning rate, clip, check the input and the loss scale.",
  },
  "lr-cliff": {
    title: "Learning-rate cliff",
    what: "The learning rate changed by a large factor from one step to the next.",
    training: "Often meant (a schedule), sometimes not (a resumed run whose schedule began anew).",
    remedy: "Check that it is in the schedule; compare the loss before and after.",
  },
  "olmo-skip-step": {
    title: "OLMo skip-step",
    what: "More than 6 standard deviations from the mean over the last 128 steps.",
    training: "OLMo skips the update of such a step.",
    remedy: "Where it fires often, skipping would have saved the run.",
  },
  zclip: {
    title: "ZClip",
    what: "Gradient norm with z-score above 2.5, against exponential averages (α 0.97).",
    training: "ZClip clips the gradient of such a step to what is usual.",
    remedy: "Where it fires often, adaptive clipping is worth a try.",
  },
  "llm-foundry": {
    title: "LLM-Foundry loss spike",
    what: "Loss above 7.5 times the mean of a trailing window.",
    training: "LLM-Foundry's callback reports or stops such a run.",
    remedy: "Only gross spikes: what it finds is a crash.",
  },
  megatron: {
    title: "Megatron spiky loss",
    what: "Loss above 10 times the largest seen so far.",
    training: "Megatron's rerun machinery takes it for a fault of the hardware, and runs the step again.",
    remedy: "Suspect the machine before the model.",
  },
} as const satisfies Readonly<Record<string, Entry>>;
