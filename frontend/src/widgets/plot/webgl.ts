let known: boolean | null = null;

/** Whether this browser draws in three dimensions. */
export function hasWebgl(): boolean {
  if (known === null) {
    const context = document.createElement("canvas").getContext("webgl");
    known = context !== null;
    release(context);
  }
  return known;
}

/** A browser has but a few contexts, and would take one from another plot before these are collected. */
export function releaseContexts(element: HTMLElement): void {
  for (const canvas of element.querySelectorAll("canvas")) {
    // On a canvas that has another kind of context, or none, this gives null, or one that is let go at once.
    release(canvas.getContext("webgl"));
  }
}

const release = (context: WebGLRenderingContext | null): void =>
  context?.getExtension("WEBGL_lose_context")?.loseContext();
