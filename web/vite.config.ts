import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { precompress } from './scripts/precompress.ts';

const api = process.env.ANTENNE_API ?? 'http://127.0.0.1:8000';

const config: UserConfig = {
  plugins: [react(), tailwindcss(), precompress()],
  build: {
    target: 'es2022',
    // The page's policy is default-src 'self': a font or picture as a data: address would be refused.
    assetsInlineLimit: 0,
    manifest: true,
    // The polyfill is for browsers older than the target.
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': api,
      '/hls': api,
      '/stream': api,
      '/ws': { target: api, ws: true },
    },
  },
};

export default defineConfig(({ command }) => {
  // Whoever asks for the build may be a test (NODE_ENV=test): what is built is always what readers get.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return config;
});
