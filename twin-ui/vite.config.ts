import {defineConfig} from 'vite';

/** Each page is an HTML file, `/data/connect` is `data/connect.html`; the server lists them too (`routes/pages.ts`). */
const PAGES = ['index', 'lab', 'data', 'data/connect'];

/**
 * The pages, built to `twin-ui/dist`. Nothing is inlined as a data address and no script is written into the HTML, so
 * that they run under a policy without `unsafe-inline`, `unsafe-eval` and `blob:`.
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
      input: PAGES.map((page) => `${import.meta.dirname}/${page}.html`),
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
