// DuckDB as this room uses it. Import it from here: its allocator must have been told before its library is loaded.
import './duckdb-memory.ts';

export * from '@duckdb/node-api';
