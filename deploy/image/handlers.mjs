// Lambda's runtime looks for JavaScript; Node itself runs the TypeScript behind it.
export * from './handlers.ts';
