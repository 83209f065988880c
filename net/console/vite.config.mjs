import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: ["chrome123", "firefox124", "safari17.5"], // the first with light-dark()
    cssTarget: ["chrome123", "firefox124", "safari17.5"],
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    modulePreload: { polyfill: false },
    reportCompressedSize: false, // the pipeline measures and judges sizes itself
  },
});
