import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // TensorBoard serves the bundle under a path that is not known here, so every reference is relative.
  base: "./",
  build: {
    outDir: here("../tensorboard_candles/static"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // The polyfill would be an inline script, which TensorBoard's content security policy forbids.
    modulePreload: false,
    rolldownOptions: {
      input: here("src/index.ts"),
      preserveEntrySignatures: "allow-extension",
      output: {
        format: "es",
        entryFileNames: "index.js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  // Plotly's registry asks for the styles of maps, whether there are any or not.
  define: { global: "globalThis" },
  resolve: { alias: { "maplibre-gl/dist/maplibre-gl.css": here("src/widgets/plot/noStyle.ts") } },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
  },
});
