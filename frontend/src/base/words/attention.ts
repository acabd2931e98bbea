/** Words of the widget of attention. */
export const ATTENTION = {
  view: "What is shown",
  views: { maps: "Maps", entropy: "Entropy", similarity: "Similarity", distance: "Distance" },
  viewHints: {
    maps: "A heat map for each head, at one step",
    entropy: "How widely each head looks: 100 % is at all tokens evenly, 0 % at one alone",
    similarity: "How much the heads of a layer are alike: 1 is the same",
    distance: "How far from its own token each head looks",
  },
  scale: "Brightest colour",
  scales: { head: "Each head's most", all: "Most of all" },
  scaleHints: {
    head: "Each map by its own largest weight: shows what a head looks at",
    all: "All maps by the largest weight of all: shows which heads look at little",
  },
  source: "Run and tag",
  none: "No attention was logged in the checked runs. In the training loop:",
  asking: "Reading…",
  back: "All heads",
  mapsOf: "Heads",
  layer: "layer",
  layerLetter: "L",
  headLetter: "H",
  head: "head",
  key: "key",
  query: "query",
  steps: "step",
  weight: "weight",
  keys: "Arrow keys go from head to head, Enter opens one.",
  entropyAxis: "entropy, part of log(keys)",
  similarityAxis: "similarity of heads (cosine)",
  distanceAxis: "distance in tokens",
  noDistance: "Distance is told where queries and keys are the same tokens; here they are not.",
  oneHead: "There is one head in each layer: nothing to compare it with.",
  maps: "Each square is a head: a row for each token that looks, a column for each token that it looks at.",
  alone: "A row for each token that looks, a column for each token that it looks at.",
  bright: "Dark is little, bright is much.",
  open: "A click opens one.",
  thick: "Thick lines are the mean of a layer's heads, thin ones each head.",
} as const;

export const ATTENTION_SNIPPET = [
  "found = model(**inputs, output_attentions=True)  # the same inputs each time",
  "tracker.attention(found.attentions, tokens=words)",
].join("\n");

export const attentionOf = (run: string, tag: string): string => `Attention ${tag} of ${run}`;

export const headName = (layer: number, head: number): string => `layer ${layer}, head ${head}`;

export const headWords = (layer: number, head: number, entropy: string, similarity: string): string =>
  `${headName(layer, head)}: entropy ${entropy} of the most there is, similarity with the others ${similarity}`;

export const pooledWords = (poolQueries: string, poolKeys: string, queries: string, keys: string): string =>
  `Pooled: each number is the mean of a block of ${poolQueries} × ${poolKeys} weights, of ${queries} × ${keys}.`;

export const oddRowsWords = (count: string): string =>
  count === "1"
    ? "1 row of weights does not add up to 1 (dropout, or no softmax?)."
    : `${count} rows of weights do not add up to 1 (dropout, or no softmax?).`;

export const examplesWords = (count: string): string => `The first of ${count} examples is shown.`;

export const stepsWords = (shown: string, all: string): string => `${shown} of ${all} steps, evenly spread.`;

export const problemsWords = (count: string): string =>
  count === "1" ? "1 step could not be used:" : `${count} steps could not be used:`;

/** `Entropy went from 98 % to 31 %: heads look at fewer tokens.` */
export function entropyWords(first: number, last: number, format: (share: number) => string): string {
  const change = `Entropy went from ${format(first)} to ${format(last)} of the most there is`;
  if (last < first - 0.05) return `${change}: heads have come to look at fewer tokens.`;
  if (last > first + 0.05) return `${change}: heads have come to look at more tokens.`;
  return `${change}: heads look about as widely as at first.`;
}

export function similarityWords(first: number, last: number, format: (value: number) => string): string {
  const change = `Similarity of the heads of a layer went from ${format(first)} to ${format(last)}`;
  if (last < first - 0.05) return `${change}: heads have come to do different things.`;
  if (last > first + 0.05) return `${change}: heads have become alike, and some may be spare.`;
  return `${change}: heads are about as much alike as at first.`;
}

export const distanceWords = (first: string, last: string): string =>
  `Heads look ${last} tokens far on average, ${first} at first.`;
