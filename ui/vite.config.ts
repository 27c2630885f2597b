import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // The page is served from the program itself; relative paths would break under deeper routes.
  base: '/',
  clearScreen: false,
  build: {
    // The oldest web views that Mainstay runs in: WebKitGTK 2.40, Safari 16.4, WebView2.
    target: ['safari16.4', 'chrome111'],
    // public/.gitkeep comes along, so that emptying keeps dist/.gitkeep: a cargo build in a fresh
    // clone wants to see the folder.
    emptyOutDir: true,
    // Data URIs for fonts and images would only widen the content security policy.
    assetsInlineLimit: 0,
  },
  // Tests mount components, so they want Svelte as the browser gets it.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
  },
}));
