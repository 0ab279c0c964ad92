import {defineConfig} from 'vite';

/**
 * The page, built to `twin-ui/dist`. Nothing is inlined as a data address and no script is written into the HTML, so
 * that the page runs under a policy without `unsafe-inline`, `unsafe-eval` and `blob:`.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  oxc: {jsx: {runtime: 'automatic', importSource: 'preact'}},
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {name: 'three', test: /node_modules[\\/]three[\\/]/},
            {name: 'uplot', test: /node_modules[\\/]uplot[\\/]/},
          ],
        },
      },
    },
  },
  server: {host: '127.0.0.1', proxy: {'/api': 'http://127.0.0.1:8080'}},
});
