// How the application is built: one small first script, the charts apart from it, into dist/.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export const config = defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  // The React client carries its own copy of the core client: one is enough.
  resolve: { dedupe: ['@cubejs-client/core', 'react', 'react-dom'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 700 },
});

// Vite reads the default export and nothing else.
export default config;
