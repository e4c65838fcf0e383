// The long run of the crash test.
export {};

process.env.TESSERA_TEST_KILLS = '1000';
await import('./crash.integration.ts');
