// Writes docs/reference/sources.md. Run: node ingest/write-reference.ts
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceRegistry } from './registry.ts';
import { renderRegistry } from './render-registry.ts';

export const sourcesPage = path.join(import.meta.dirname, '..', 'docs', 'reference', 'sources.md');

if (import.meta.main) writeFileSync(sourcesPage, renderRegistry(sourceRegistry()));
