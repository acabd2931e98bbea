// Plotly's own types are of all that it can do, and take long to check.
declare module "plotly.js/lib/core" {
  const core: import("./plotly.ts").Plotly & { register(modules: readonly unknown[]): void };
  export default core;
}

declare module "plotly.js/lib/*" {
  const trace: unknown;
  export default trace;
}

declare module "plotly.js/src/traces/parcoords/strict" {
  const trace: unknown;
  export default trace;
}
